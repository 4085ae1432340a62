/**
 * Losses and their gradients in plain TypeScript, in place of what the networks put out. The formulas, their sources and what they do with
 * NaN: agents/networks/{categorical,gaussian}.ts and agents/losses/*.ts, of which these are the twins by rows named in an index.
 */
import type { Kernels } from './kernels.js'
import type { PlainMemory } from './plain-memory.js'

type HeadKernels = Pick<Kernels, 'categoricalHead' | 'gaussianHead' | 'valueHead'>

const HALF_LOG_TWO_PI = 0.5 * Math.log(2 * Math.PI)

export function plainHeads(memory: PlainMemory): HeadKernels {
  return {
    categoricalHead(
      rows,
      choices,
      sizes,
      logits,
      ld,
      index,
      actions,
      oldLogProbs,
      advantages,
      mean,
      inverseStd,
      ratioClip,
      entropyCoefficient,
      a2c,
      inverseRows,
      stats,
    ) {
      const { f32, i32, f64 } = memory
      const policy = policyLoss(f64, stats / 8, ratioClip, a2c === 1, inverseRows)
      const dEntropy = -entropyCoefficient * inverseRows
      for (let r = 0; r < rows; r++) {
        const sample = i32[index / 4 + r]!
        const start = logits / 4 + r * ld
        let logProb = 0
        let entropy = 0
        for (let c = 0, at = start; c < choices; at += i32[sizes / 4 + c]!, c++) {
          const n = i32[sizes / 4 + c]!
          const logTotal = logSumExp(f32, at, n)
          entropy += entropyAt(f32, at, n, logTotal)
          logProb += f32[at + f32[actions / 4 + sample * choices + c]!]! - logTotal
        }
        f64[stats / 8 + 1] = f64[stats / 8 + 1]! + entropy
        const advantage = (f32[advantages / 4 + sample]! - mean) * inverseStd
        const dLogProb = policy(logProb, f32[oldLogProbs / 4 + sample]!, advantage)
        for (let c = 0, at = start; c < choices; at += i32[sizes / 4 + c]!, c++) {
          const n = i32[sizes / 4 + c]!
          const logTotal = logSumExp(f32, at, n)
          const entropyHere = entropyAt(f32, at, n, logTotal)
          const action = f32[actions / 4 + sample * choices + c]!
          for (let k = 0; k < n; k++) {
            const logP = f32[at + k]! - logTotal
            const p = Math.exp(logP)
            const dH = p === 0 ? 0 : -p * (logP + entropyHere)
            f32[at + k] = dLogProb * ((k === action ? 1 : 0) - p) + dEntropy * dH
          }
        }
      }
    },

    gaussianHead(
      rows,
      size,
      means,
      ld,
      logStd,
      dLogStd,
      index,
      actions,
      oldLogProbs,
      advantages,
      mean,
      inverseStd,
      ratioClip,
      entropyCoefficient,
      a2c,
      inverseRows,
      stats,
    ) {
      const { f32, i32, f64 } = memory
      const policy = policyLoss(f64, stats / 8, ratioClip, a2c === 1, inverseRows)
      const dEntropy = -entropyCoefficient * inverseRows
      let entropy = 0
      for (let k = 0; k < size; k++) entropy += f32[logStd / 4 + k]! + 0.5 + HALF_LOG_TWO_PI
      f64[stats / 8 + 1] = f64[stats / 8 + 1]! + rows * entropy
      for (let r = 0; r < rows; r++) {
        const sample = i32[index / 4 + r]!
        const at = means / 4 + r * ld
        const action = actions / 4 + sample * size
        let logProb = 0
        for (let k = 0; k < size; k++) {
          const s = f32[logStd / 4 + k]!
          const z = (f32[action + k]! - f32[at + k]!) * Math.exp(-s)
          logProb -= 0.5 * z * z + s + HALF_LOG_TWO_PI
        }
        const advantage = (f32[advantages / 4 + sample]! - mean) * inverseStd
        const dLogProb = policy(logProb, f32[oldLogProbs / 4 + sample]!, advantage)
        for (let k = 0; k < size; k++) {
          const inverse = Math.exp(-f32[logStd / 4 + k]!)
          const z = (f32[action + k]! - f32[at + k]!) * inverse
          f32[at + k] = dLogProb * z * inverse
          f32[dLogStd / 4 + k] = f32[dLogStd / 4 + k]! + dLogProb * (z * z - 1) + dEntropy
        }
      }
    },

    valueHead(rows, values, ld, index, oldValues, returns, clipRange, larger, coefficient, inverseRows, stats) {
      const { f32, i32, f64 } = memory
      const scale = coefficient * inverseRows
      let loss = 0
      for (let r = 0; r < rows; r++) {
        const sample = i32[index / 4 + r]!
        const at = values / 4 + r * ld
        const value = f32[at]!
        const target = f32[returns / 4 + sample]!
        const error = value - target
        let held = false
        if (clipRange < 0) {
          loss += error * error
        } else {
          const old = f32[oldValues / 4 + sample]!
          const moved = value - old
          const clippedError = old + Math.min(clipRange, Math.max(-clipRange, moved)) - target // Math.min and Math.max pass NaN on
          const outside = Math.abs(moved) > clipRange // false for NaN, which so reaches the gradient
          held = outside && (larger === 0 || clippedError * clippedError > error * error)
          loss += larger === 1 ? Math.max(error * error, clippedError * clippedError) : clippedError * clippedError
        }
        f32[at] = held ? 0 : error * scale
      }
      f64[stats / 8] = f64[stats / 8]! + 0.5 * loss
    },
  }
}

/** Of one row: adds policy loss, KL and rows outside the clip to the sums at `at`, and answers dL/d log-probability. */
function policyLoss(f64: Float64Array, at: number, ratioClip: number, a2c: boolean, inverseRows: number) {
  const low = 1 - ratioClip
  const high = 1 + ratioClip
  return (logProb: number, oldLogProb: number, advantage: number): number => {
    const logRatio = logProb - oldLogProb
    const ratio = Math.exp(logRatio)
    f64[at + 2] = f64[at + 2]! + ratio - 1 - logRatio
    if (a2c) {
      f64[at] = f64[at]! - logProb * advantage
      return -advantage * inverseRows
    }
    f64[at] = f64[at]! - Math.min(ratio * advantage, Math.min(high, Math.max(low, ratio)) * advantage)
    if (Math.abs(ratio - 1) > ratioClip) f64[at + 3] = f64[at + 3]! + 1
    // Written so that NaN takes the second branch: a comparison with NaN is false.
    const held = (advantage > 0 && ratio > high) || (advantage < 0 && ratio < low)
    return held ? 0 : -advantage * ratio * inverseRows
  }
}

function logSumExp(x: Float32Array, at: number, n: number): number {
  let top = x[at]!
  for (let k = 1; k < n; k++) if (x[at + k]! > top) top = x[at + k]!
  let total = 0
  for (let k = 0; k < n; k++) total += Math.exp(x[at + k]! - top)
  return top + Math.log(total)
}

/** −Σ p log p; a choice with p = 0 adds nothing, even where its logit is −∞. */
function entropyAt(x: Float32Array, at: number, n: number, logTotal: number): number {
  let sum = 0
  for (let k = 0; k < n; k++) {
    const logP = x[at + k]! - logTotal
    const p = Math.exp(logP)
    if (p !== 0) sum -= p * logP
  }
  return sum
}
