/**
 * Diagonal Gaussian policy: the network puts out the means; the log standard deviations σ are free parameters, the same for all states.
 *
 * log p(a) = Σ −z²/2 − log σ − ½ log 2π with z = (a − μ)/σ; H = Σ log σ + ½(1 + log 2π).
 * ∂ log p / ∂μ = z/σ, ∂ log p / ∂ log σ = z² − 1, ∂H / ∂ log σ = 1. Actions are not squashed (squashed-gaussian.ts does that): whoever steps the
 * environment clips them to its bounds, and the rollout keeps what was drawn.
 */
import { RunError } from '../../src/core/errors.js'
import type { Distribution, Floats } from './distribution.js'

const HALF_LOG_TWO_PI = 0.5 * Math.log(2 * Math.PI)

/** @param size columns of an action row */
export function gaussian(size: number): Distribution {
  const logProbOf = (outputs: Floats, logStd: Floats, actions: Floats, row: number): number => {
    let sum = 0
    for (let k = 0; k < size; k++) {
      const z = (actions[row * size + k]! - outputs[row * size + k]!) * Math.exp(-logStd[k]!)
      sum -= 0.5 * z * z + logStd[k]! + HALF_LOG_TWO_PI
    }
    return sum
  }
  const checked = (logProb: number, row: number): number => {
    if (Number.isNaN(logProb)) {
      throw new RunError(`policy: a mean of row ${row} is not a number; check the observation of that environment and the weights`)
    }
    return logProb
  }
  return {
    kind: 'gaussian',
    outputSize: size,
    actionSize: size,
    logStdSize: size,

    sample(outputs, logStd, rows, random, actions, logProbs) {
      for (let row = 0; row < rows; row++) {
        for (let k = 0; k < size; k++) {
          actions[row * size + k] = outputs[row * size + k]! + Math.exp(logStd[k]!) * random.normal()
        }
        logProbs[row] = checked(logProbOf(outputs, logStd, actions, row), row) // of the action as stored, after rounding
      }
    },

    mode(outputs, logStd, rows, actions, logProbs) {
      for (let row = 0; row < rows; row++) {
        for (let k = 0; k < size; k++) actions[row * size + k] = outputs[row * size + k]!
        logProbs[row] = checked(logProbOf(outputs, logStd, actions, row), row)
      }
    },

    evaluate(outputs, logStd, actions, rows, logProbs, entropies) {
      let entropy = 0
      for (let k = 0; k < size; k++) entropy += logStd[k]! + 0.5 + HALF_LOG_TWO_PI
      for (let row = 0; row < rows; row++) {
        logProbs[row] = logProbOf(outputs, logStd, actions, row)
        entropies[row] = entropy
      }
    },

    backward(outputs, logStd, actions, rows, dLogProbs, dEntropies, dOutputs, dLogStd) {
      for (let k = 0; k < size; k++) {
        const inverseStd = Math.exp(-logStd[k]!)
        let sum = 0
        for (let row = 0; row < rows; row++) {
          const z = (actions[row * size + k]! - outputs[row * size + k]!) * inverseStd
          dOutputs[row * size + k] = dLogProbs[row]! * z * inverseStd
          sum += dLogProbs[row]! * (z * z - 1) + dEntropies[row]!
        }
        dLogStd[k] = sum
      }
    },
  }
}
