/**
 * What distinguishes one of our tf optimisers from another: its options, its moments, and its step in tfjs operations. All pure; what is
 * kept between steps, and how it is saved, is in tf-optimizer.ts.
 *
 * Moments are kept without their factor 1 − β: M ← βM + g in place of m ← βm + (1 − β)g, m = (1 − β)M. That saves an operation over all
 * elements for each moment; the factors go into the few scalars of a step, which are computed in float64 on the host.
 */
import type { Scalar, Tensor } from '@tensorflow/tfjs-core'

export interface TfStep {
  /** This variable's own steps with this one: 1 at the first. */
  readonly count: number
  /** The learning rate, at least 0. */
  readonly rate: number
  /** A tensor for use within this step; the same one for the same number. */
  constant(value: number): Scalar
}

/** A rule with its options. */
export interface TfRule {
  /** As given, defaults filled in: plain data, from which the rule can be made again. */
  readonly options: Readonly<Record<string, number | string | boolean>>
  /** Name and first value of each moment. */
  readonly moments: readonly (readonly [name: string, initial: number])[]
  /**
   * Runs within a tidy.
   * @param moments in the order of `moments`
   * @returns the new parameter and the new moments: new tensors
   */
  update(parameter: Tensor, gradient: Tensor, moments: readonly Tensor[], step: TfStep): readonly [Tensor, ...Tensor[]]
  /** v, corrected for its bias where it has one and that is asked for, after `count` steps: a new tensor. Absent: none is kept. */
  secondMoment?(moments: readonly Tensor[], count: number, corrected: boolean): Tensor
}

/** @throws RangeError when an option is out of range, of the wrong type or misspelt */
export type TfRuleFactory = (options: Readonly<Record<string, unknown>>) => TfRule
