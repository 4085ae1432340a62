/**
 * CartPole without its velocities: cart position (m) and pole angle (rad) are seen, how fast they move is not. Whoever remembers the step before
 * can tell; whoever sees only the present cannot balance for long. Everything else is CartPole's.
 *
 * Observation [2] float32. Stable-Baselines3's zoo trains on the same task under the name CartPoleNoVel-v1.
 */
import { type CartPoleOptions, cartpole } from '../classic-control/cartpole.js'
import type { FunctionalEnv } from '../core.js'
import { type Box, box } from '../spaces/box.js'

const SEEN = [0, 2] as const // of CartPole's four numbers

export function cartpoleNoVelocity(options: CartPoleOptions = {}): FunctionalEnv<Float32Array, number> {
  const { rows: _, ...whole } = cartpole(options) // whose loop over rows writes all four
  const { low, high } = whole.observationSpace as Box
  const all = new Float32Array(4) // holds nothing between calls
  return {
    ...whole,
    observationSpace: box({ low: SEEN.map((i) => low[i]!), high: SEEN.map((i) => high[i]!) }),
    observe(state, at, out, outAt) {
      whole.observe(state, at, all, 0)
      SEEN.forEach((i, k) => {
        out[outAt + k] = all[i]!
      })
    },
  }
}
