/**
 * A policy's network, whatever it is made of: how its parameters lie in the one flat array, and its two ways of running, on the CPU to act
 * and with tensors to learn. Learners know nothing else of it.
 */
import type * as tf from '@tensorflow/tfjs-core'
import type { NumberArray } from '../../src/core/bundle.js'
import type { Kernels } from '../../src/kernels/kernels.js'
import type { ParameterLayout, ParameterSlot } from '../../src/optim/layout.js'
import type { Sequences } from '../rollout/minibatch.js'

export interface PolicyNetwork {
  /** Columns of an encoded observation row. */
  readonly observationSize: number
  readonly layout: ParameterLayout
  /** Log standard deviations of a Gaussian policy, or null. */
  readonly logStd: ParameterSlot | null
  /** S: numbers that it carries from step to step in each environment, all 0 when an episode begins; 0 where it sees the present alone. */
  readonly stateSize: number
  /** First values of all parameters. The same seed gives the same bits. */
  initial(seed: number): Float32Array
  /** A way to act, with buffers of its own. @param kernels to run large layers on. Default: plain loops */
  forward(kernels?: Kernels): PolicyForward
  /** Without `logStd`: the tensors that stand for the other slots, in their order, holding what `parameters` hold now. Call it within a tidy. */
  bind(parameters: Float32Array): tf.Tensor[]
  /**
   * Forward on the tape.
   * @param x [rows, observationSize]  @param bound what `bind` gave  @param sequences what the rows are, where there is a state
   * @returns [rows, columns of the distribution] and [rows, 1]
   */
  tensors(
    x: tf.Tensor2D,
    bound: readonly tf.Tensor[],
    sequences: Sequences | null,
  ): { readonly outputs: tf.Tensor; readonly values: tf.Tensor }
  /** Numbers that belong to it and are not learnt. Absent where there are none. */
  readonly constants?: { save(): Readonly<Record<string, NumberArray>>; load(saved: Readonly<Record<string, NumberArray>>): void }
  /** Gives back the tensors that it holds between calls. */
  dispose(): void
}

/** The arrays it answers with are its own, valid until its next call; they may be longer than the rows need. */
export interface PolicyForward {
  /**
   * @param parameters all of them, flat  @param x [rows, observationSize]
   * @param state [rows, S] before  @param next [rows, S] after, written; may be `state` itself. Both only where S > 0
   */
  both(
    parameters: Float32Array,
    x: Float32Array,
    rows: number,
    state: Float32Array,
    next: Float32Array,
  ): { readonly outputs: Float32Array; readonly values: Float32Array }
  /** Values alone; the state stays as it is. */
  values(parameters: Float32Array, x: Float32Array, rows: number, state: Float32Array): Float32Array
  /** Says that parameters were changed. Absent where they are read anew at every call. */
  changed?(): void
}
