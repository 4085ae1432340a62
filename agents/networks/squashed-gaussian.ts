/**
 * Gaussian policy squashed into bounds: a = tanh(u), u drawn from a diagonal Gaussian; whoever steps the environment stretches (−1, 1) to its
 * bounds. Rows of actions hold u, not a: nothing is lost where tanh saturates, and no inverse of it is ever taken.
 *
 * log p(a) = log N(u) − Σ log(1 − tanh² u), per unit of a in (−1, 1); log(1 − tanh² u) = 2 (log 2 − |u| − log(1 + e^(−2|u|))) is finite for every u.
 * The correction does not depend on the parameters: gradients of log p are the Gaussian's (Haarnoja et al. 2018, arXiv:1801.01290, appendix C).
 *
 * The entropy H(a) = H(u) + E log(1 − tanh² u) has no closed form. Stable-Baselines3 takes −log p of the stored action, whose gradient is zero
 * on average under the policy that acted; here the expectation is summed over points, which serves value and gradient alike.
 */
import type { Distribution, Floats } from './distribution.js'
import { gaussian } from './gaussian.js'

const STEP = 0.5 // between points, standard deviations; the sum is exact to 1e-8 at σ = 1, 1e-3 at σ = e
const REACH = 6 // standard deviations to either side

/** Points ε and their weights under the standard normal, which add up to 1. */
export const POINTS = Array.from({ length: (2 * REACH) / STEP + 1 }, (_, i) => i * STEP - REACH)
const DENSITIES = POINTS.map((point) => Math.exp(-0.5 * point * point))
export const WEIGHTS = DENSITIES.map((density) => density / DENSITIES.reduce((sum, other) => sum + other, 0))

/** @param size columns of an action row */
export function squashedGaussian(size: number): Distribution {
  const inner = gaussian(size)
  const correct = (actions: Floats, rows: number, logProbs: Floats): void => {
    for (let row = 0; row < rows; row++) {
      let sum = 0
      for (let k = 0; k < size; k++) sum += logSlope(actions[row * size + k]!)
      logProbs[row] = logProbs[row]! - sum
    }
  }
  return {
    kind: 'squashed-gaussian',
    outputSize: size,
    actionSize: size,
    logStdSize: size,

    sample(outputs, logStd, rows, random, actions, logProbs) {
      inner.sample(outputs, logStd, rows, random, actions, logProbs)
      correct(actions, rows, logProbs)
    },

    /** tanh of the mean: the middle of the actions, not their likeliest where the Gaussian is wide. */
    mode(outputs, logStd, rows, actions, logProbs) {
      inner.mode(outputs, logStd, rows, actions, logProbs)
      correct(actions, rows, logProbs)
    },

    evaluate(outputs, logStd, actions, rows, logProbs, entropies) {
      inner.evaluate(outputs, logStd, actions, rows, logProbs, entropies)
      correct(actions, rows, logProbs)
      for (let row = 0; row < rows; row++) {
        let sum = 0
        for (let k = 0; k < size; k++) {
          const mean = outputs[row * size + k]!
          const std = Math.exp(logStd[k]!)
          for (let i = 0; i < POINTS.length; i++) sum += WEIGHTS[i]! * logSlope(mean + std * POINTS[i]!)
        }
        entropies[row] = entropies[row]! + sum
      }
    },

    backward(outputs, logStd, actions, rows, dLogProbs, dEntropies, dOutputs, dLogStd) {
      inner.backward(outputs, logStd, actions, rows, dLogProbs, dEntropies, dOutputs, dLogStd)
      for (let k = 0; k < size; k++) {
        const std = Math.exp(logStd[k]!)
        let dScale = 0
        for (let row = 0; row < rows; row++) {
          if (dEntropies[row] === 0) continue
          const mean = outputs[row * size + k]!
          let dMean = 0
          let dStd = 0
          for (let i = 0; i < POINTS.length; i++) {
            const slope = -2 * WEIGHTS[i]! * Math.tanh(mean + std * POINTS[i]!) // of log(1 − tanh² u)
            dMean += slope
            dStd += slope * std * POINTS[i]!
          }
          dOutputs[row * size + k] = dOutputs[row * size + k]! + dEntropies[row]! * dMean
          dScale += dEntropies[row]! * dStd
        }
        dLogStd[k] = dLogStd[k]! + dScale
      }
    },
  }
}

/** log(1 − tanh² u) */
function logSlope(u: number): number {
  const size = Math.abs(u)
  return 2 * (Math.LN2 - size - Math.log1p(Math.exp(-2 * size)))
}
