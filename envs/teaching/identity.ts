/**
 * Identity: do what you see. The simplest environment with a learning signal at every step; a learner that fails here is broken.
 *
 * Observation: a random element of a space, another one at every step. Action: an element of an equal space, best the one that was seen.
 * Reward: the share of numbers that agree; for a box, less the mean square of the differences, with the action clipped to [−1, 1].
 * Terminated: never. The 20-step time limit is the registry's, not ours.
 */
import type { Canvas } from '../canvas/canvas.js'
import type { FunctionalEnv } from '../core.js'
import { EnvOptionError } from '../errors.js'
import { withDefaults } from '../options.js'
import type { Generator } from '../seeding/generator.js'
import { box } from '../spaces/box.js'
import { discrete } from '../spaces/discrete.js'
import { multiBinary } from '../spaces/multi-binary.js'
import { multiDiscrete } from '../spaces/multi-discrete.js'
import type { Space } from '../spaces/space.js'

export interface IdentityOptions {
  /** How many choices there are, at least 2. Default 3. */
  readonly n?: number
}

export interface IdentityRowOptions {
  /** Numbers in an element, at least 1. Default 2. */
  readonly size?: number
}

export function identity(options: IdentityOptions = {}): FunctionalEnv<number, number> {
  const { n } = withDefaults('Identity', options, { n: 3 })
  checkWhole('Identity', 'n', n, 2)
  return choices(() => discrete(n), n)
}

export function identityMultiDiscrete(options: IdentityOptions & IdentityRowOptions = {}): FunctionalEnv<Int32Array, Int32Array> {
  const { n, size } = withDefaults('IdentityMultiDiscrete', options, { n: 3, size: 2 })
  checkWhole('IdentityMultiDiscrete', 'n', n, 2)
  checkWhole('IdentityMultiDiscrete', 'size', size, 1)
  return choices(() => multiDiscrete(new Array<number>(size).fill(n)), n)
}

export function identityMultiBinary(options: IdentityRowOptions = {}): FunctionalEnv<Int8Array, Int8Array> {
  const { size } = withDefaults('IdentityMultiBinary', options, { size: 2 })
  checkWhole('IdentityMultiBinary', 'size', size, 1)
  return choices(() => multiBinary(size), 2)
}

export function identityBox(options: IdentityRowOptions = {}): FunctionalEnv<Float32Array, ArrayLike<number>> {
  const { size } = withDefaults('IdentityBox', options, { size: 2 })
  checkWhole('IdentityBox', 'size', size, 1)
  return same(() => box({ low: -1, high: 1, shape: [size] }), {
    drawn: (random) => Math.fround(random.uniform(-1, 1)),
    worth: (done, wanted) => -((Math.min(Math.max(done, -1), 1) - wanted) ** 2),
    top: 2,
    paint(canvas, i, value) {
      canvas.line(i, 1, i + 1, 1, 'ground')
      canvas.rectangle(i + 0.2, Math.min(1, 1 + value), 0.6, Math.abs(value), 'goal')
    },
  })
}

/** What differs between numbers and choices. */
interface Kind {
  /** One number to be repeated. */
  readonly drawn: (random: Generator) => number
  /** The reward for one number. */
  readonly worth: (done: number, wanted: number) => number
  /** Height of the drawing. */
  readonly top: number
  /** Draws number i at x from i to i + 1. */
  readonly paint: (canvas: Canvas, i: number, value: number) => void
}

/** A column of n cells for each choice, one of them marked. */
function choices<T>(space: () => Space<T>, n: number): FunctionalEnv<T, T> {
  return same(space, {
    drawn: (random) => random.integers(0, n),
    worth: (done, wanted) => (done === wanted ? 1 : 0),
    top: n,
    paint(canvas, i, value) {
      canvas.line(i, 0, i, n, 'ground')
      canvas.rectangle(i + 0.1, value + 0.1, 0.8, 0.8, 'goal')
    },
  })
}

/** @param space makes one: observations and actions have their own, because each has its own stream */
function same<T, A>(space: () => Space<T> & Space<A>, { drawn, worth, top, paint }: Kind): FunctionalEnv<T, A> {
  const observationSpace: Space<T> = space()
  const { size } = observationSpace
  const show: FunctionalEnv['initial'] = (random, state, at) => {
    for (let i = 0; i < size; i++) state[at + i] = drawn(random)
  }
  return {
    stateSize: size,
    observationSpace,
    actionSpace: space(),
    initial: show,

    transition(state, at, action, actionAt, random) {
      let sum = 0
      for (let i = 0; i < size; i++) sum += worth(action[actionAt + i]!, state[at + i]!)
      show(random, state, at)
      return sum / size
    },

    terminal: () => false,

    observe(state, at, out, outAt) {
      for (let i = 0; i < size; i++) out[outAt + i] = state[at + i]!
    },

    draw(state, at, canvas) {
      canvas.view({ left: 0, right: size, bottom: 0, top })
      for (let i = 0; i < size; i++) paint(canvas, i, state[at + i]!)
    },
  }
}

function checkWhole(where: string, name: string, value: number, least: number): void {
  if (!Number.isSafeInteger(value) || value < least)
    throw new EnvOptionError(`${where}: option ${name} must be a whole number of at least ${least}, got ${value}`)
}
