/**
 * One environment made of functions: the same functions that vector/struct-of-arrays.ts runs in thousands.
 * All that changes is a state array and a random stream, so that `save` and `load` come for free.
 */
import type { Env, FunctionalEnv, Info } from './core.js'
import { EnvError, ResetNeededError } from './errors.js'
import type { Json } from './json.js'
import { encodeNumbers } from './numbers.js'
import type { EnvSpec } from './registry.js'
import { savedNumbers, savedObject } from './saved.js'
import { type Generator, type GeneratorState, generator } from './seeding/generator.js'
import { describeElement, describeSpace } from './spaces/describe.js'
import { readFlat, writeFlat } from './spaces/flat.js'
import type { Space } from './spaces/space.js'
import { closedError } from './wrappers/close-enforcing.js'

export const NO_INFO: Info = Object.freeze({})

/** An Env that keeps one state. Without a time limit: that is a wrapper's. */
export function functionalEnv<O, A>(functions: FunctionalEnv<O, A>, spec: EnvSpec | null = null): Env<O, A> {
  const { stateSize, observationSpace, actionSpace, draw, drawText } = functions
  const name = spec?.id ?? 'environment'
  const state = new Float64Array(stateSize)
  const row = new Float32Array(observationSpace.size)
  const actionRow = new Float64Array(actionSpace.size)
  let random: Generator | null = null
  let closed = false

  const observation = (): O => {
    functions.observe(state, 0, row, 0)
    return readFlat(observationSpace, row)
  }
  const info = (): Info => functions.info?.(state, 0) ?? NO_INFO
  const open = (method: string): void => {
    if (closed) throw closedError(name, method)
  }
  const started = (method: string): Generator => {
    open(method)
    if (random === null) throw new ResetNeededError(`${name}.${method}: call reset() first`)
    return random
  }

  const env: Env<O, A> = {
    observationSpace,
    actionSpace,
    spec,
    get unwrapped() {
      return env as Env
    },
    get random() {
      return random
    },
    reset: ({ seed, options } = {}) => {
      open('reset')
      if (seed !== undefined) random = generator(seed)
      random ??= generator(0)
      functions.initial(random, state, 0, options)
      return [observation(), info()]
    },
    step: (action) => {
      const stream = started('step')
      checkAction(name, actionSpace, action)
      writeFlat(actionSpace, action, actionRow)
      const reward = functions.transition(state, 0, actionRow, 0, stream)
      return [observation(), reward, functions.terminal(state, 0), false, info()]
    },
    ...(draw && {
      draw: (canvas) => {
        started('draw')
        draw(state, 0, canvas)
      },
    }),
    ...(drawText && {
      drawText: () => {
        started('drawText')
        return drawText(state, 0)
      },
    }),
    save: () => {
      open('save')
      return savedFunctional(state, random)
    },
    load: (saved) => {
      open('load')
      random = loadFunctional(name, saved, state, 0, stateSize)
    },
    close: () => {
      closed = true
    },
  }
  return env
}

/** What `save` of such an environment gives; `random` is null before the first reset. */
export function savedFunctional(state: ArrayLike<number>, random: Generator | null): Json {
  return { state: encodeNumbers(state), random: random === null ? null : { ...random.save() } }
}

/** Reads `saved` into `state[at … at + size)` and returns its random stream. */
export function loadFunctional(name: string, saved: Json, state: Float64Array, at: number, size: number): Generator | null {
  const object = savedObject(`${name}.load`, saved)
  const numbers = savedNumbers(`${name}.load: state`, object['state'], size)
  let random: Generator | null = null
  if (object['random'] !== null) {
    random = generator(0)
    random.load(savedObject(`${name}.load: random`, object['random']) as unknown as GeneratorState)
  }
  state.set(numbers, at)
  return random
}

/** Numbers of a Box may lie outside its bounds, as in Gymnasium: each environment says what it does with them. NaN and infinity may not. */
export function checkAction(name: string, space: Space, action: unknown): void {
  if (space.kind === 'box' ? isFiniteRow(action, space.size) : space.contains(action)) return
  throw new EnvError(`${name}.step: expected an action in ${describeSpace(space)}, got ${describeElement(action)}`)
}

function isFiniteRow(action: unknown, size: number): boolean {
  if (action === null || typeof action !== 'object' || (action as ArrayLike<number>).length !== size) return false
  for (let i = 0; i < size; i++) if (!Number.isFinite((action as ArrayLike<number>)[i])) return false
  return true
}
