/**
 * The whole loss of one minibatch and its gradient with respect to what the networks put out:
 *     policy loss + entropy coefficient · entropy loss + value coefficient · value loss
 * in float64. A learner runs its networks forward, calls this, and carries the gradient back through the networks.
 */
import type { Hyperparameters } from '../learners/learner.js'
import type { Distribution, Floats } from '../networks/distribution.js'
import { maskLogits } from '../networks/mask-logits.js'
import { normalizeAdvantages } from '../rollout/advantage.js'
import { entropyLoss } from './entropy.js'
import { a2cPolicyLoss, ppoPolicyLoss } from './policy.js'
import { type ValueClip, valueLoss } from './value.js'

export type LossSettings = Pick<
  Hyperparameters,
  'objective' | 'ratioClip' | 'valueClip' | 'valueCoefficient' | 'entropyCoefficient' | 'normalizeAdvantages'
> & {
  /** How the value clip counts (losses/value.ts). Default 'larger'. */
  readonly valueClipForm?: ValueClip['form']
}

/** Rows of a rollout, one array per column. */
export interface LossBatch {
  readonly rows: number
  readonly actions: Floats
  readonly oldLogProbs: Floats
  readonly oldValues: Floats
  readonly advantages: Floats
  readonly returns: Floats
  /** [rows, outputSize] 1 where a choice was allowed; absent or null where every one always is. */
  readonly masks?: Uint8Array | null
}

export interface LossReport {
  readonly loss: number
  readonly policyLoss: number
  readonly valueLoss: number
  /** Mean entropy of the policy, nats. */
  readonly entropy: number
  readonly approxKl: number
  readonly clipFraction: number
}

export interface ActorCriticLoss {
  /** @param outputs [rows, outputSize] of the actor  @param logStd [logStdSize]  @param values [rows] of the critic */
  compute(settings: LossSettings, batch: LossBatch, outputs: Floats, logStd: Floats, values: Floats): LossReport
  /** dL/d outputs of the last `compute`, [rows, outputSize]; the buffer may be longer. */
  readonly dOutputs: Float64Array
  /** [logStdSize] */
  readonly dLogStd: Float64Array
  /** [rows]; the buffer may be longer. */
  readonly dValues: Float64Array
}

/** Buffers grow to the largest minibatch seen; after that a call allocates only its report. */
export function actorCriticLoss(distribution: Distribution): ActorCriticLoss {
  let buffers = buffersFor(distribution, 0)
  const dLogStd = new Float64Array(distribution.logStdSize)
  return {
    dLogStd,
    get dOutputs() {
      return buffers.dOutputs
    },
    get dValues() {
      return buffers.dValues
    },

    compute(settings, batch, unmasked, logStd, values) {
      const { rows, actions, oldLogProbs, oldValues, returns } = batch
      if (rows > buffers.logProbs.length) buffers = buffersFor(distribution, rows)
      const { logProbs, entropies, normalized, dLogProbs, dEntropies, dOutputs, dValues } = buffers
      const { objective, ratioClip, valueClip, valueCoefficient, entropyCoefficient, valueClipForm = 'larger' } = settings

      let outputs = unmasked
      if (batch.masks) {
        outputs = buffers.masked
        maskLogits(unmasked, batch.masks, outputs)
      }
      let { advantages } = batch
      if (settings.normalizeAdvantages) {
        normalizeAdvantages(advantages, rows, normalized)
        advantages = normalized
      }
      distribution.evaluate(outputs, logStd, actions, rows, logProbs, entropies)
      const policy =
        objective === 'ppo'
          ? ppoPolicyLoss(logProbs, oldLogProbs, advantages, rows, ratioClip, dLogProbs)
          : a2cPolicyLoss(logProbs, oldLogProbs, advantages, rows, dLogProbs)
      const entropy = entropyLoss(entropies, rows, dEntropies)
      const clip = valueClip === null ? null : { range: valueClip, form: valueClipForm }
      const value = valueLoss(values, oldValues, returns, rows, clip, dValues)

      for (let i = 0; i < rows; i++) {
        dEntropies[i] = dEntropies[i]! * entropyCoefficient
        dValues[i] = dValues[i]! * valueCoefficient
      }
      distribution.backward(outputs, logStd, actions, rows, dLogProbs, dEntropies, dOutputs, dLogStd)
      return {
        loss: policy.loss + entropyCoefficient * entropy + valueCoefficient * value,
        policyLoss: policy.loss,
        valueLoss: value,
        entropy: -entropy,
        approxKl: policy.approxKl,
        clipFraction: policy.clipFraction,
      }
    },
  }
}

function buffersFor(distribution: Distribution, rows: number) {
  const column = () => new Float64Array(rows)
  return {
    logProbs: column(),
    entropies: column(),
    normalized: column(),
    dLogProbs: column(),
    dEntropies: column(),
    dOutputs: new Float64Array(rows * distribution.outputSize),
    masked: new Float64Array(rows * distribution.outputSize),
    dValues: column(),
  }
}
