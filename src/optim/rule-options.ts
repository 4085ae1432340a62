/** The options of optimisers, read as those of clip rules are: by a table, with flags beside it, and every mistake refused. */
import { type Options, type OptionTable, readOptions, refuseUnknown } from '../clip/options.js'

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
  refuseUnknown(where, names, given)
  for (const [name, value] of Object.entries(given)) {
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
