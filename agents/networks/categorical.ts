/**
 * Categorical policy: logits, one for each choice. With several sizes it is a row of independent choices (MultiDiscrete), whose
 * log-probabilities and entropies add up.
 *
 * log p_k = x_k − log Σ exp x, computed around the largest logit. Derivatives: ∂ log p_a / ∂x_k = [k = a] − p_k and
 * ∂H / ∂x_k = −p_k (log p_k + H). A logit of −1e8 or −∞ is a choice that never happens and moves nothing.
 */
import { RunError } from '../../src/core/errors.js'
import type { Distribution } from './distribution.js'

/** @param sizes how many values each choice has: [n] for Discrete(n) */
export function categorical(sizes: readonly number[]): Distribution {
  const columns = sizes.length
  const width = sizes.reduce((sum, n) => sum + n, 0)
  return {
    kind: 'categorical',
    outputSize: width,
    actionSize: columns,
    logStdSize: 0,
    choices: sizes,

    sample(outputs, _logStd, rows, random, actions, logProbs) {
      for (let row = 0, at = 0; row < rows; row++) {
        let logProb = 0
        for (let c = 0; c < columns; at += sizes[c]!, c++) {
          const n = sizes[c]!
          const top = largest(outputs, at, n)
          let total = 0
          for (let k = 0; k < n; k++) total += Math.exp(outputs[at + k]! - top)
          if (Number.isNaN(total)) throw notANumber(row)
          let left = random.next() * total
          let choice = 0
          for (let k = 0; k < n; k++) {
            const weight = Math.exp(outputs[at + k]! - top)
            if (weight > 0) choice = k // rounding may leave a crumb of `left`: the last possible choice takes it
            left -= weight
            if (left < 0) break
          }
          actions[row * columns + c] = choice
          logProb += outputs[at + choice]! - top - Math.log(total)
        }
        logProbs[row] = logProb
      }
    },

    mode(outputs, _logStd, rows, actions, logProbs) {
      for (let row = 0, at = 0; row < rows; row++) {
        let logProb = 0
        for (let c = 0; c < columns; at += sizes[c]!, c++) {
          const n = sizes[c]!
          let choice = 0
          for (let k = 1; k < n; k++) if (outputs[at + k]! > outputs[at + choice]!) choice = k
          const logTotal = logSumExp(outputs, at, n)
          if (Number.isNaN(logTotal)) throw notANumber(row)
          actions[row * columns + c] = choice
          logProb += outputs[at + choice]! - logTotal
        }
        logProbs[row] = logProb
      }
    },

    evaluate(outputs, _logStd, actions, rows, logProbs, entropies) {
      for (let row = 0, at = 0; row < rows; row++) {
        let logProb = 0
        let entropy = 0
        for (let c = 0; c < columns; at += sizes[c]!, c++) {
          const n = sizes[c]!
          const logTotal = logSumExp(outputs, at, n)
          entropy += entropyAt(outputs, at, n, logTotal)
          logProb += outputs[at + actions[row * columns + c]!]! - logTotal
        }
        logProbs[row] = logProb
        entropies[row] = entropy
      }
    },

    backward(outputs, _logStd, actions, rows, dLogProbs, dEntropies, dOutputs) {
      for (let row = 0, at = 0; row < rows; row++) {
        const dLogProb = dLogProbs[row]!
        const dEntropy = dEntropies[row]!
        for (let c = 0; c < columns; at += sizes[c]!, c++) {
          const n = sizes[c]!
          const logTotal = logSumExp(outputs, at, n)
          const entropy = entropyAt(outputs, at, n, logTotal)
          const action = actions[row * columns + c]!
          for (let k = 0; k < n; k++) {
            const logP = outputs[at + k]! - logTotal
            const p = Math.exp(logP)
            const dH = p === 0 ? 0 : -p * (logP + entropy)
            dOutputs[at + k] = dLogProb * ((k === action ? 1 : 0) - p) + dEntropy * dH
          }
        }
      }
    },
  }
}

function logSumExp(x: ArrayLike<number>, at: number, n: number): number {
  const top = largest(x, at, n)
  let total = 0
  for (let k = 0; k < n; k++) total += Math.exp(x[at + k]! - top)
  return top + Math.log(total)
}

/** −Σ p log p; a choice with p = 0 adds nothing, even where its logit is −∞. */
function entropyAt(x: ArrayLike<number>, at: number, n: number, logTotal: number): number {
  let sum = 0
  for (let k = 0; k < n; k++) {
    const logP = x[at + k]! - logTotal
    const p = Math.exp(logP)
    if (p !== 0) sum -= p * logP
  }
  return sum
}

/** Skips NaN on purpose: the sum of exponentials that follows turns NaN, and with it every result. */
function largest(x: ArrayLike<number>, at: number, n: number): number {
  let top = x[at]!
  for (let k = 1; k < n; k++) if (x[at + k]! > top) top = x[at + k]!
  return top
}

const notANumber = (row: number) =>
  new RunError(`policy: a logit of row ${row} is not a number; check the observation of that environment and the weights`)
