/**
 * Log-probability, entropy and their chain rule in tensors: what `Distribution` does in float64 loops, where the outputs of the networks are to
 * stay on a device. The formulas, and the places where a choice of probability zero or a NaN takes another branch, are the same; arithmetic is
 * float32. Derivatives are written out, not left to the tape, which knows none for a `where` whose condition depends on its input.
 */
import * as tf from '@tensorflow/tfjs-core'
import type { Distribution, Floats } from './distribution.js'
import { POINTS, WEIGHTS } from './squashed-gaussian.js'

const NEVER = -1e30 // a logit: as −∞ to its probability, and a number that every device can read in a program

export interface TfEvaluation {
  /** [rows] */
  readonly logProbs: tf.Tensor
  /** Mean over the rows; a scalar. */
  readonly entropy: tf.Tensor
  /**
   * @param dLogProbs [rows, 1] dL/d log-probability  @param dEntropy dL/d entropy of each row
   * @returns dL/d outputs [rows, outputSize], dL/d logStd [logStdSize] or null
   */
  backward(dLogProbs: tf.Tensor, dEntropy: number): { readonly dOutputs: tf.Tensor; readonly dLogStd: tf.Tensor | null }
}

export interface TfRows {
  readonly rows: number
  readonly actions: Floats
  readonly masks?: Uint8Array | null
}

/** @param logStd [logStdSize]; null where the distribution has none. Makes tensors: within a tidy. */
export function tfEvaluate(distribution: Distribution, outputs: tf.Tensor2D, logStd: tf.Tensor | null, batch: TfRows): TfEvaluation {
  return distribution.choices ? categorical(distribution.choices, outputs, batch) : gaussian(distribution, outputs, logStd!, batch)
}

function categorical(sizes: readonly number[], unmasked: tf.Tensor2D, { rows, actions, masks }: TfRows): TfEvaluation {
  const width = sizes.reduce((sum, n) => sum + n, 0)
  const outputs = masks ? tf.where(tf.tensor2d(masks, [rows, width], 'bool'), unmasked, tf.fill([rows, width], NEVER)) : unmasked
  const pieces = sizes.length === 1 ? [outputs] : tf.split(outputs, [...sizes], 1)
  const logP =
    sizes.length === 1
      ? tf.logSoftmax(outputs)
      : tf.concat(
          pieces.map((piece) => tf.logSoftmax(piece)),
          1,
        )
  const p = tf.exp(logP)
  const never = tf.equal(p, 0) // false for NaN, which so surfaces
  const pLogP = zeroWhere(never, tf.mul(p, logP))
  const chosen = tf.tensor2d(chosenColumns(sizes, width, actions, rows), [rows, width])
  /** Each column: the entropy of the choice that it belongs to. */
  const entropies = tf.neg(sizes.length === 1 ? tf.sum(pLogP, 1, true) : tf.matMul(pLogP, sameChoice(sizes, width)))
  return {
    logProbs: tf.sum(zeroWhere(tf.equal(chosen, 0), logP), 1),
    entropy: tf.div(tf.neg(tf.sum(pLogP)), rows),
    backward: (dLogProbs, dEntropy) => {
      const dOutputs = tf.mul(dLogProbs, tf.sub(chosen, p))
      if (dEntropy === 0) return { dOutputs, dLogStd: null }
      const dH = zeroWhere(never, tf.mul(p, tf.add(logP, entropies)))
      return { dOutputs: tf.sub(dOutputs, tf.mul(dH, dEntropy)), dLogStd: null }
    },
  }
}

/** Zero where the condition holds, also in place of NaN and infinities. A plain 0 would be repeated by a `tile`, which costs more than all else. */
export const zeroWhere = (condition: tf.Tensor, x: tf.Tensor): tf.Tensor => tf.where(condition, tf.zerosLike(x), x)

/** [rows, width] 1 where a choice fell */
function chosenColumns(sizes: readonly number[], width: number, actions: Floats, rows: number): Float32Array {
  const chosen = new Float32Array(rows * width)
  for (let row = 0, at = 0; row < rows; row++) {
    for (let c = 0; c < sizes.length; at += sizes[c]!, c++) chosen[at + actions[row * sizes.length + c]!] = 1
  }
  return chosen
}

/** [width, width] 1 where two columns belong to one choice */
function sameChoice(sizes: readonly number[], width: number): tf.Tensor2D {
  const owner = sizes.flatMap((n, choice) => Array.from({ length: n }, () => choice))
  return tf.tensor2d(
    Float32Array.from({ length: width * width }, (_, i) => (owner[Math.floor(i / width)] === owner[i % width] ? 1 : 0)),
    [width, width],
  )
}

const HALF_LOG_TWO_PI = 0.5 * Math.log(2 * Math.PI)

function gaussian(
  { kind, actionSize: size }: Distribution,
  means: tf.Tensor2D,
  logStd: tf.Tensor,
  { rows, actions }: TfRows,
): TfEvaluation {
  const squashed = kind === 'squashed-gaussian'
  const inverseStd = tf.exp(tf.neg(logStd))
  const z = tf.mul(tf.sub(tf.tensor2d(Float32Array.from(actions.subarray(0, rows * size)), [rows, size]), means), inverseStd)
  const terms = tf.add(tf.add(tf.mul(tf.square(z), 0.5), logStd), HALF_LOG_TWO_PI)
  let logProbs = tf.neg(tf.sum(terms, 1))
  let entropy = tf.sum(tf.add(logStd, 0.5 + HALF_LOG_TWO_PI))
  if (squashed) {
    logProbs = tf.sub(logProbs, tf.sum(logSlope(tf.tensor2d(Float32Array.from(actions.subarray(0, rows * size)), [rows, size])), 1))
    entropy = tf.add(entropy, tf.div(tf.sum(tf.mul(logSlope(spread(means, logStd)), tf.tensor1d(WEIGHTS))), rows))
  }
  return {
    logProbs,
    entropy,
    backward: (dLogProbs, dEntropy) => {
      const dOutputs = tf.mul(tf.mul(dLogProbs, z), inverseStd)
      const dLogStd = tf.add(tf.sum(tf.mul(dLogProbs, tf.sub(tf.square(z), 1)), 0), dEntropy * rows)
      if (!squashed || dEntropy === 0) return { dOutputs, dLogStd }
      const slopes = tf.mul(tf.tanh(spread(means, logStd)), tf.tensor1d(WEIGHTS.map((weight) => -2 * weight * dEntropy)))
      const dStd = tf.mul(tf.sum(tf.mul(slopes, tf.tensor1d(POINTS)), 2), tf.exp(logStd))
      return { dOutputs: tf.add(dOutputs, tf.sum(slopes, 2)), dLogStd: tf.add(dLogStd, tf.sum(dStd, 0)) }
    },
  }
}

/** The points over which the entropy of a squashed Gaussian is summed, [rows, size, points] */
const spread = (means: tf.Tensor2D, logStd: tf.Tensor): tf.Tensor =>
  tf.add(tf.expandDims(means, 2), tf.mul(tf.expandDims(tf.exp(logStd), 1), tf.tensor1d(POINTS)))

/** log(1 − tanh² u) */
function logSlope(u: tf.Tensor): tf.Tensor {
  const size = tf.abs(u)
  return tf.mul(tf.sub(tf.sub(Math.LN2, size), tf.log1p(tf.exp(tf.mul(size, -2)))), 2)
}
