/**
 * Target: move a point onto a target. The simplest continuous control in which what is done now decides what can be earned later.
 *
 * Observation [2 · size] float32: the point, then the target, each number in [−1, 1]. Action [size] float32: velocity, clipped to ±1; the point
 * moves by a tenth of it and stays inside. Reward: less the distance after the step. Start: both uniform.
 * Terminated: never. The 50-step time limit is the registry's, not ours.
 */
import type { FunctionalEnv } from '../core.js'
import { EnvOptionError } from '../errors.js'
import { withDefaults } from '../options.js'
import { box } from '../spaces/box.js'

export interface TargetOptions {
  /** Dimensions of the space, at least 1. Default 2. */
  readonly size?: number
}

const SPEED = 0.1 // at most, per step and dimension

const clip = (x: number) => Math.min(Math.max(x, -1), 1)

export function target(options: TargetOptions = {}): FunctionalEnv<Float32Array, ArrayLike<number>> {
  const { size } = withDefaults('Target', options, { size: 2 })
  if (!Number.isSafeInteger(size) || size < 1)
    throw new EnvOptionError(`Target: option size must be a whole number of at least 1, got ${size}`)

  return {
    stateSize: 2 * size, // the point, the target
    observationSpace: box({ low: -1, high: 1, shape: [2 * size] }),
    actionSpace: box({ low: -1, high: 1, shape: [size] }),

    initial(random, state, at) {
      for (let i = 0; i < 2 * size; i++) state[at + i] = random.uniform(-1, 1)
    },

    transition(state, at, action, actionAt) {
      let square = 0
      for (let i = 0; i < size; i++) {
        const next = clip(state[at + i]! + SPEED * clip(action[actionAt + i]!))
        state[at + i] = next
        square += (next - state[at + size + i]!) ** 2
      }
      return -Math.sqrt(square)
    },

    terminal: () => false,

    observe(state, at, out, outAt) {
      for (let i = 0; i < 2 * size; i++) out[outAt + i] = state[at + i]!
    },

    /** The first two dimensions. */
    draw(state, at, canvas) {
      const place = (from: number) => [state[from]!, size > 1 ? state[from + 1]! : 0] as const
      canvas.view({ left: -1.2, right: 1.2, bottom: -1.2, top: 1.2 })
      canvas.polygon(
        [
          [-1.1, -1.1],
          [1.1, -1.1],
          [1.1, -1.05],
          [-1.1, -1.05],
        ],
        'ground',
      )
      canvas.circle(...place(at + size), 0.1, 'goal')
      canvas.circle(...place(at), 0.07, 'accent')
    },
  }
}
