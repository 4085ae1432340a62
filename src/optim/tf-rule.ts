/**
 * What distinguishes one of our tf optimisers from another: its options, its moments, and its step in tfjs operations. All pure; what is
 * kept between steps, and how it is saved, is in tf-optimizer.ts.
 *
 * Moments are kept without their factor 1 − β: M ← βM + g in place of m ← βm + (1 − β)g, m = (1 − β)M. That saves an operation over all
 * elements for each moment; the factors go into the few scalars of a step, which are computed in float64 on the host.
 */
import type { Scalar, Tensor } from '@tensorflow/tfjs-core'
import { type Options, type OptionTable, readOptions } from '../clip/options.js'
import { didYouMean } from '../core/suggest.js'

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

/** Numbers and choices by their table, flags beside them. */
export function readRuleOptions<const T extends OptionTable, const F extends readonly string[]>(
  where: string,
  table: T,
  flags: F,
  given: Readonly<Record<string, unknown>>,
): Options<T> & { readonly [K in F[number]]: boolean } {
  const names = [...Object.keys(table), ...flags]
  const rest: Record<string, unknown> = {}
  const flagged: Record<string, boolean> = Object.fromEntries(flags.map((flag) => [flag, false]))
  for (const [name, value] of Object.entries(given)) {
    if (!names.includes(name))
      throw new RangeError(`${where} has no option "${name}".${didYouMean(name, names)} Its options: ${names.join(', ')}.`)
    if (!flags.includes(name)) rest[name] = value
    else if (typeof value === 'boolean') flagged[name] = value
    else if (value !== undefined) throw new RangeError(`${where}: ${name} must be true or false, got ${JSON.stringify(value)}`)
  }
  return { ...readOptions(where, table, rest), ...flagged } as Options<T> & { readonly [K in F[number]]: boolean }
}

export const WEIGHT_DECAY = {
  weightDecay: { kind: 'number', atLeast: 0, default: 0, help: 'weight decay λ per step and unit of learning rate' },
  weightDecayKind: { kind: 'choice', values: ['decoupled', 'l2'], default: 'decoupled', help: 'decoupled: p ← p(1 − αλ); l2: g ← g + λp' },
} as const satisfies OptionTable

export interface WeightDecayOptions {
  /** Weight decay λ, at least 0. Default 0. */
  readonly weightDecay?: number
  /** Decoupled, p ← p(1 − αλ) (Loshchilov & Hutter 2019, arXiv:1711.05101; default), or added to the gradient as an L2 penalty. */
  readonly weightDecayKind?: 'decoupled' | 'l2'
}
