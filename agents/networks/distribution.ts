/**
 * What a policy network's output means: a distribution over actions. Everything is flat rows; nothing is allocated.
 *
 * Training asks for two things and gets each in one pass over the rows: log-probability and entropy of given actions, and later, when the
 * loss has said how it changes with those two, the gradient with respect to what the network put out. Arithmetic is float64 whatever the
 * arrays hold. NaN in an output shows in every result; `sample` and `mode` throw on it.
 */
import type { RandomStream } from '../../src/core/random.js'

export type Floats = Float32Array | Float64Array

export interface Distribution {
  readonly kind: 'categorical' | 'gaussian' | 'squashed-gaussian'
  /** Columns of the network's output: logits, or means. */
  readonly outputSize: number
  /** Columns of an action row. */
  readonly actionSize: number
  /** Free log standard deviations, one per action column; 0 when the distribution has none. */
  readonly logStdSize: number
  /** How many values each choice has, in the order of the logits; absent where actions are not choices. */
  readonly choices?: readonly number[]
  /**
   * Draws one action per row and its log-probability.
   * @param outputs [rows, outputSize]  @param logStd [logStdSize]  @param actions [rows, actionSize], written  @param logProbs [rows], written
   * @throws RunError when an output is not a number
   */
  sample(outputs: Floats, logStd: Floats, rows: number, random: RandomStream, actions: Floats, logProbs: Floats): void
  /**
   * What greedy acting does in each row, and its log-probability: the likeliest choice, or the mean. Draws no random number. Ties go to the
   * first. @throws as `sample`
   */
  mode(outputs: Floats, logStd: Floats, rows: number, actions: Floats, logProbs: Floats): void
  /** Log-probability of given actions and entropy, per row. @param logProbs [rows], written  @param entropies [rows], written */
  evaluate(outputs: Floats, logStd: Floats, actions: Floats, rows: number, logProbs: Floats, entropies: Floats): void
  /**
   * The chain rule: from dL/d log-probability and dL/d entropy, both [rows], to dL/d outputs and dL/d logStd.
   * @param dOutputs [rows, outputSize], written  @param dLogStd [logStdSize], written (summed over the rows)
   */
  backward(
    outputs: Floats,
    logStd: Floats,
    actions: Floats,
    rows: number,
    dLogProbs: Floats,
    dEntropies: Floats,
    dOutputs: Floats,
    dLogStd: Floats,
  ): void
}
