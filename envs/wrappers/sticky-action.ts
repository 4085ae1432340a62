/**
 * StickyAction: sometimes does the last action again instead of the one that was asked for, so that a policy cannot play a sequence by heart.
 *
 * Source: Machado et al. 2018, "Revisiting the Arcade Learning Environment"; draw for draw Gymnasium's, from the environment's own stream.
 * Where an environment keeps its stream back, the wrapper draws from one of its own, a child of the seed.
 */
import type { Env } from '../core.js'
import { savedCount, savedObject, savedWrapper } from '../saved.js'
import { type Generator, type GeneratorState, generator } from '../seeding/generator.js'
import { seedSequence } from '../seeding/seed-sequence.js'
import { checkFlatForm, copyOf, loadElement, savedForm } from './elements.js'
import { wrapped } from './wrapper.js'

export interface StickyActionOptions {
  /** Chance that a step begins to repeat, in [0, 1). */
  readonly repeatActionProbability: number
  /** Steps that a repetition lasts, or their least and greatest number. Default 1. */
  readonly repeatActionDuration?: number | readonly [least: number, most: number]
}

/** @throws RangeError when the probability is not in [0, 1) or a duration is not a whole number of at least 1; EnvError when actions vary in length */
export function stickyAction<O, A>(env: Env<O, A>, options: StickyActionOptions): Env<O, A> {
  const { repeatActionProbability: probability, repeatActionDuration: duration = 1 } = options
  if (!(probability >= 0 && probability < 1)) {
    throw new RangeError(`stickyAction: repeatActionProbability must be at least 0 and below 1, got ${probability}`)
  }
  const [least, most] = typeof duration === 'number' ? [duration, duration] : duration
  if (!(Number.isSafeInteger(least) && Number.isSafeInteger(most) && least >= 1 && least <= most)) {
    throw new RangeError(
      `stickyAction: repeatActionDuration must be a whole number of at least 1, or two in order, got ${String(duration)}`,
    )
  }
  const { actionSpace } = env
  checkFlatForm('stickyAction', actionSpace)
  let own = childOf(0)
  let last: { readonly action: A } | null = null // null before the first step
  let lasts = 0 // steps of the present repetition, 0 when there is none
  let taken = 0 // of them already done

  const stream = (): Generator => env.random ?? own

  const decided = (asked: A): A => {
    if (last === null) return asked
    if (lasts === 0) {
      if (stream().random() >= probability) return asked
      lasts = stream().integers(least, most + 1)
    }
    if (++taken === lasts) {
      lasts = 0
      taken = 0
    }
    return last.action
  }

  return wrapped<O, A>(env, {
    reset: (resetOptions) => {
      const first = env.reset(resetOptions)
      if (resetOptions?.seed !== undefined) own = childOf(resetOptions.seed)
      last = null
      lasts = 0
      taken = 0
      return first
    },
    step: (asked) => {
      const action = decided(asked)
      const step = env.step(action)
      last = { action: copyOf(actionSpace, action) }
      return step
    },
    save: () => ({
      wrapper: 'StickyAction',
      last: last === null ? null : savedForm(actionSpace, last.action),
      lasts,
      taken,
      random: { ...own.save() },
      env: env.save(),
    }),
    load: (saved) => {
      const state = savedWrapper('StickyAction', saved)
      const kept = state['last'] === null ? null : { action: loadElement('StickyAction.load: last', actionSpace, state['last']) }
      const counts = (['lasts', 'taken'] as const).map((field) => savedCount(`StickyAction.load: ${field}`, state[field]))
      const random = generator(0)
      random.load(savedObject('StickyAction.load: random', state['random']) as unknown as GeneratorState)
      env.load(state.env)
      own = random
      last = kept
      ;[lasts, taken] = counts as [number, number]
    },
  })
}

const childOf = (seed: number): Generator => generator(seedSequence(seed).spawn(1)[0]!)
