/**
 * A threshold in proportion to the weights it moves: τ = λ · max(‖W‖, ε), meant for one output unit at a time.
 *
 * Source: Brock et al. 2021, "High-performance large-scale image recognition without normalization" (arXiv:2102.06171), adaptive gradient
 * clipping. ε lets weights that start at zero move at all. The paper leaves its last layer unclipped, and
 * so does the preset agc (except=@heads).
 */
import { type Options, type OptionTable, readOptions } from './options.js'
import type { ClipRule } from './rule.js'

export const RELATIVE_TO_WEIGHTS = {
  lambda: { kind: 'number', above: 0, default: 0.01, help: 'largest gradient norm per weight norm' },
  eps: { kind: 'number', above: 0, default: 1e-3, help: 'least weight norm that counts' },
} as const satisfies OptionTable

export type RelativeToWeightsOptions = Partial<Omit<Options<typeof RELATIVE_TO_WEIGHTS>, 'lambda'>>

/** @param lambda above 0 @throws RangeError when an option is out of range */
export function relativeToWeights(
  lambda: number = RELATIVE_TO_WEIGHTS.lambda.default,
  options: RelativeToWeightsOptions = {},
): ClipRule<null> {
  const o = readOptions('relative-to-weights', RELATIVE_TO_WEIGHTS, { lambda, ...options })
  return {
    name: `relative-to-weights(${lambda})`,
    config: { name: 'relative-to-weights', ...o },
    needs: ['paramNorm'],
    init: () => null,
    threshold: (_, { paramNorm }) => lambda * Math.max(paramNorm, o.eps),
    observe: (state) => state,
    byWeights: () => ({ share: lambda, least: o.eps, floor: 0, ceiling: Number.POSITIVE_INFINITY }),
  }
}
