/**
 * An environment whose state is a running simulation: objects of a physics engine that cannot be written down.
 *
 * Key idea: a simulation depends on nothing but its random stream and the actions so far. So `save` writes the stream as it was when the
 * episode began, and the actions since; `load` begins the same episode and plays them again. The continuation is identical to the last
 * bit, because it is the same computation. A save grows by one action a step, and a load costs as much as the steps it repeats.
 */
import type { Canvas } from '../canvas/canvas.js'
import type { Env } from '../core.js'
import { EnvError, ResetNeededError } from '../errors.js'
import { checkAction, NO_INFO } from '../functional-env.js'
import { encodeNumbers } from '../numbers.js'
import { savedNumbers, savedObject } from '../saved.js'
import { type Generator, type GeneratorState, generator } from '../seeding/generator.js'
import { readFlat, writeFlat } from '../spaces/flat.js'
import type { Space } from '../spaces/space.js'

/** One episode, from its first state on. */
export interface Simulation {
  /** Moves on by one frame and returns the reward. @param action a flat row, finite, of the action space's size */
  step(action: ArrayLike<number>): number
  /** Whether the last step ended the task. */
  terminal(): boolean
  observe(out: Float32Array): void
  draw(canvas: Canvas): void
}

export interface SimulatedEnvParts<A> {
  /** For messages: 'LunarLander'. */
  readonly name: string
  readonly observationSpace: Space<Float32Array>
  readonly actionSpace: Space<A>
  /** Begins an episode. All that it and its steps draw comes from `random`, and they remember nothing of earlier episodes. */
  readonly begin: (random: Generator) => Simulation
}

export function simulatedEnv<A>({ name, observationSpace, actionSpace, begin }: SimulatedEnvParts<A>): Env<Float32Array, A> {
  let random = generator(0)
  let episode: Episode | null = null

  const running = (method: string): Episode => {
    if (episode === null) throw new ResetNeededError(`${name}.${method}: call reset() first`)
    return episode
  }
  const observation = ({ simulation }: Episode): Float32Array => {
    const out = new Float32Array(observationSpace.size)
    simulation.observe(out)
    return out
  }

  const env: Env<Float32Array, A> = {
    observationSpace,
    actionSpace,
    spec: null,
    get unwrapped() {
      return env as Env
    },
    reset: ({ seed } = {}) => {
      if (seed !== undefined) random = generator(seed)
      episode = begun(begin, random)
      return [observation(episode), NO_INFO]
    },
    step: (action) => {
      const now = running('step')
      checkAction(name, actionSpace, action)
      const row = new Array<number>(actionSpace.size)
      writeFlat(actionSpace, action, row)
      const reward = played(now, row)
      return [observation(now), reward, now.simulation.terminal(), false, NO_INFO]
    },
    draw: (canvas) => running('draw').simulation.draw(canvas),
    save: () =>
      episode === null ? { origin: null, actions: [] } : { origin: { ...episode.origin }, actions: encodeNumbers(episode.actions) },
    load: (saved) => {
      const { origin, actions } = savedObject(`${name}.load`, saved)
      if (origin === null) {
        random = generator(0)
        episode = null
        return
      }
      const rows = savedActions(name, actionSpace, actions)
      const stream = generator(0)
      stream.load(savedObject(`${name}.load: origin`, origin) as unknown as GeneratorState)
      const again = begun(begin, stream)
      for (const row of rows) played(again, row)
      random = stream
      episode = again
    },
    close: () => {},
  }
  return env
}

interface Episode {
  readonly simulation: Simulation
  /** The random stream just before the episode began. */
  readonly origin: GeneratorState
  /** All actions since, row after row. */
  readonly actions: number[]
}

function begun(begin: (random: Generator) => Simulation, random: Generator): Episode {
  const origin = random.save()
  return { simulation: begin(random), origin, actions: [] }
}

function played({ simulation, actions }: Episode, row: readonly number[]): number {
  for (const number of row) actions.push(number)
  return simulation.step(row)
}

function savedActions(name: string, space: Space, saved: unknown): number[][] {
  const count = Array.isArray(saved) ? saved.length : 0
  const numbers = savedNumbers(`${name}.load: actions`, saved as never, count)
  if (count % space.size !== 0) throw new EnvError(`${name}.load: expected whole actions of ${space.size} numbers, got ${count} numbers`)
  const rows = Array.from({ length: count / space.size }, (_, i) => numbers.slice(i * space.size, (i + 1) * space.size))
  for (const row of rows) checkAction(name, space, readFlat(space, row))
  return rows
}
