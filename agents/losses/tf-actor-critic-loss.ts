/**
 * The loss of actor-critic-loss.ts in tensors, for backends whose results should stay where they are until the gradient is whole: the same sums
 * in float32, with derivatives written out. NaN surfaces as it does there: every branch is a condition that NaN does not meet.
 */
import * as tf from '@tensorflow/tfjs-core'
import type { Distribution } from '../networks/distribution.js'
import { tfEvaluate, zeroWhere } from '../networks/tf-distribution.js'
import { normalizeAdvantages } from '../rollout/advantage.js'
import type { LossBatch, LossReport, LossSettings } from './actor-critic-loss.js'

export interface TfLoss {
  /** A scalar. */
  readonly loss: tf.Tensor
  /** [6], for `readLossReport` */
  readonly report: tf.Tensor
  /** [rows, outputSize] */
  readonly dOutputs: tf.Tensor
  /** [rows, 1] */
  readonly dValues: tf.Tensor
  /** [logStdSize], or null where the distribution has none */
  readonly dLogStd: tf.Tensor | null
}

/** Numbers in a report. */
export const REPORT_SIZE = 6

/**
 * Makes tensors: within a tidy.
 * @param outputs [rows, outputSize] of the actor  @param logStd [logStdSize] or null  @param values [rows, 1] of the critic
 */
export function tfActorCriticLoss(
  distribution: Distribution,
  settings: LossSettings,
  batch: LossBatch,
  outputs: tf.Tensor2D,
  logStd: tf.Tensor | null,
  values: tf.Tensor2D,
): TfLoss {
  const { rows } = batch
  const { valueCoefficient, entropyCoefficient } = settings
  const policy = tfEvaluate(distribution, outputs, logStd, batch)
  const { loss: policyLoss, dLogProbs, approxKl, clipFraction } = policyTerms(settings, batch, policy.logProbs)
  const value = valueTerms(settings, batch, values)
  const loss = tf.add(tf.sub(policyLoss, tf.mul(policy.entropy, entropyCoefficient)), tf.mul(value.loss, valueCoefficient))
  return {
    loss,
    report: tf.stack([loss, policyLoss, value.loss, policy.entropy, approxKl, clipFraction]),
    dValues: tf.mul(value.dValues, valueCoefficient),
    ...policy.backward(tf.reshape(dLogProbs, [rows, 1]), -entropyCoefficient / rows),
  }
}

/** @param numbers what a report tensor held */
export function readLossReport(numbers: ArrayLike<number>): LossReport {
  const [loss, policyLoss, valueLoss, entropy, approxKl, clipFraction] = Array.from(numbers) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  return { loss, policyLoss, valueLoss, entropy, approxKl, clipFraction }
}

function policyTerms({ objective, ratioClip, normalizeAdvantages: normalize }: LossSettings, batch: LossBatch, logProbs: tf.Tensor) {
  const { rows } = batch
  const advantages = new Float32Array(rows)
  if (normalize) normalizeAdvantages(batch.advantages, rows, advantages)
  else advantages.set(batch.advantages.subarray(0, rows))
  const a = tf.tensor1d(advantages)
  const logRatio = tf.sub(logProbs, column(batch.oldLogProbs, rows))
  const ratio = tf.exp(logRatio)
  const approxKl = tf.mean(tf.sub(tf.sub(ratio, 1), logRatio))
  if (objective === 'a2c') {
    return { loss: tf.neg(tf.mean(tf.mul(logProbs, a))), dLogProbs: tf.div(a, -rows), approxKl, clipFraction: tf.scalar(0) }
  }
  const [low, high] = [1 - ratioClip, 1 + ratioClip]
  const above = tf.logicalAnd(tf.greater(a, 0), tf.greater(ratio, high))
  const below = tf.logicalAnd(tf.less(a, 0), tf.less(ratio, low))
  const gain = tf.where(above, tf.mul(a, high), tf.where(below, tf.mul(a, low), tf.mul(ratio, a)))
  const slope = zeroWhere(tf.logicalOr(above, below), tf.div(tf.mul(a, ratio), -rows))
  const outside = tf.cast(tf.greater(tf.abs(tf.sub(ratio, 1)), ratioClip), 'float32')
  return { loss: tf.neg(tf.mean(gain)), dLogProbs: slope, approxKl, clipFraction: tf.mean(outside) }
}

function valueTerms({ valueClip, valueClipForm = 'larger' }: LossSettings, batch: LossBatch, values: tf.Tensor2D) {
  const { rows } = batch
  const returns = tf.reshape(column(batch.returns, rows), [rows, 1])
  const error = tf.sub(values, returns)
  const square = tf.square(error)
  const dValues = tf.div(error, rows)
  if (valueClip === null) return { loss: tf.mul(tf.mean(square), 0.5), dValues }
  const old = tf.reshape(column(batch.oldValues, rows), [rows, 1])
  const moved = tf.sub(values, old)
  const held = tf.greater(tf.abs(moved), valueClip)
  const clippedSquare = tf.where(held, tf.square(tf.sub(tf.add(old, tf.mul(tf.sign(moved), valueClip)), returns)), square)
  if (valueClipForm === 'clipped') return { loss: tf.mul(tf.mean(clippedSquare), 0.5), dValues: zeroWhere(held, dValues) }
  const larger = tf.logicalAnd(held, tf.greater(clippedSquare, square))
  return { loss: tf.mul(tf.mean(tf.where(larger, clippedSquare, square)), 0.5), dValues: zeroWhere(larger, dValues) }
}

const column = (values: LossBatch['returns'], rows: number): tf.Tensor1D => tf.tensor1d(Float32Array.from(values.subarray(0, rows)))
