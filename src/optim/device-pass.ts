/**
 * One clip of a plan in tfjs operations: clip-pass.ts is the same on flat arrays, and its states and groups are used here.
 *
 * Where τ is known before the gradient (a rule that depends on none, or on earlier ones), or is a share of the weights, nothing is read:
 * norms, factors and the clipped gradient stay tensors. Every other rule gets the few numbers of its groups, which is one small read.
 * In float32: a gradient whose sum of squares is beyond its range counts as one that is not finite.
 */
import { abs, cast, greater, keep, mul, square, stack, sum, type Tensor, type Tensor1D, tensor1d, zeros } from '@tensorflow/tfjs-core'
import type { Clip } from '../clip/clip.js'
import type { ClipContext, GradientStats, StatName } from '../clip/rule.js'
import type { ClipPass } from './clip-pass.js'
import { deviceGroups } from './device-groups.js'
import { factorsOf, HUGE, normsOf, shaped, statTensors, tausByWeights } from './device-math.js'
import { factor } from './shapes.js'

/** Absent: the loss does not depend on that parameter. */
export type Gradients = readonly (Tensor | null)[]

/** What a pass did, as tensors that the caller keeps or lets go. */
export interface DevicePassResult {
  readonly gradients: Gradients
  /** Σ g² of each group before it. */
  readonly squares: Tensor1D
  /** What τ is compared with, by group. */
  readonly norms: Tensor1D
  /** As a device has it: HUGE for no limit. */
  readonly taus: Tensor1D
  /** Of each group; null for a clip of elements. */
  readonly factors: Tensor1D | null
  /** Elements above their limit; null for a clip of norms. */
  readonly above: Tensor | null
  /** τ by group where the host knows it. */
  readonly known: readonly number[] | null
}

export interface DevicePass {
  readonly pass: ClipPass
  /** The host must look at the numbers of each gradient before it is clipped. */
  readonly reads: boolean
  /** The host must be shown the numbers of each gradient, sooner or later. */
  readonly remembers: boolean
  /** Within a tidy. @returns null when what was read is not finite */
  run(gradients: Gradients, weights: readonly Tensor[], context: ClipContext): DevicePassResult | null
  /** The rule sees the numbers of one gradient. @param norms and squares by group @param taus those it met */
  observe(norms: ArrayLike<number>, squares: ArrayLike<number>, taus: readonly number[], absent: ReadonlySet<string>): void
  dispose(): void
}

/** What a clip needs that has no tfjs operations here; null when it has all. */
export function hostOnly({ name, rule, stage, like, errorFeedback }: Clip): string | null {
  const why =
    stage === 'update'
      ? 'it changes the step that the optimiser proposes'
      : errorFeedback
        ? 'it keeps what it cut off'
        : like !== 'exact'
          ? `it has the roundings of ${like}`
          : (rule.yardstick ?? rule.measures ?? rule.request ?? rule.readsSecondMoment) !== undefined
            ? 'its rule works with more than norms'
            : null
  return why && `clip "${name}" needs the host: ${why}`
}

const EVERYTHING: readonly StatName[] = ['maxAbs', 'mean', 'std', 'meanAbs', 'paramNorm']
const NOTHING: GradientStats = {
  ...{ size: 1, norm: Number.NaN, maxAbs: Number.NaN, mean: Number.NaN, std: Number.NaN, meanAbs: Number.NaN },
  ...{ paramNorm: Number.NaN, totalNorm: Number.NaN },
}

export function devicePass(pass: ClipPass, names: readonly string[]): DevicePass {
  const { clip, groups } = pass
  const { rule, of, per, shape } = clip
  const parts = deviceGroups(groups, per, names)
  const sizes = groups.map(({ size }) => size)
  const reads = rule.dependsOn === undefined && rule.byWeights === undefined
  let cached: { readonly taus: readonly number[]; readonly tensor: Tensor1D } | null = null

  const gradientOf = (gradients: Gradients, weights: readonly Tensor[]) => (slot: number) => gradients[slot] ?? zeros(weights[slot]!.shape)

  /** Uploaded when it changes. */
  function tensorOf(taus: readonly number[]): Tensor1D {
    if (cached === null || !taus.every((tau, g) => tau === cached!.taus[g])) {
      cached?.tensor.dispose()
      cached = { taus, tensor: keep(tensor1d(taus.map((tau) => Math.min(tau, HUGE)))) }
    }
    return cached.tensor
  }

  /** The numbers that the rule asks for, on the host. */
  function read(
    gradient: (slot: number) => Tensor,
    weights: readonly Tensor[],
    numbers: { squares: Tensor1D; norms: Tensor1D },
  ): Map<string, Float32Array> {
    const wanted = statTensors(rule.needs ?? EVERYTHING, parts, sizes, gradient, weights)
    const rows = Object.entries({ ...numbers, ...wanted })
    const values = stack(rows.map(([, row]) => row)).dataSync() as Float32Array
    const { length } = groups
    return new Map(rows.map(([name], k) => [name, values.subarray(k * length, (k + 1) * length)]))
  }

  function statsOf(g: number, values: ReadonlyMap<string, ArrayLike<number>>, totalNorm: number): GradientStats {
    const at = (name: string): number => values.get(name)?.[g] ?? Number.NaN
    const [maxAbs, mean, std, meanAbs, paramNorm] = EVERYTHING.map(at) as [number, number, number, number, number]
    return { size: sizes[g]!, norm: at('norms'), maxAbs, mean, std, meanAbs, paramNorm, totalNorm }
  }

  function checked(tau: number, g: number): number {
    if (tau > 0) return tau
    throw new RangeError(`clip "${clip.name}": τ must be above 0, got ${tau} from ${rule.name} for "${groups[g]!.name}"`)
  }

  return {
    pass,
    reads,
    remembers: rule.dependsOn === 'past',

    run(gradients, weights, context) {
      const gradient = gradientOf(gradients, weights)
      const squares = parts.gather('sum', (slot) => square(gradient(slot)))
      const norms = normsOf(clip, parts, sizes, gradient, squares)
      let known: number[] | null = null
      let taus: Tensor1D
      if (rule.byWeights) taus = tausByWeights(rule, parts, weights, context)
      else if (reads) {
        const values = read(gradient, weights, { squares, norms })
        const total = sumOf(values.get('squares')!)
        if (!Number.isFinite(total)) return null
        const absent = absentOf(names, gradients)
        known = groups.map(({ parameters }, g) => {
          if (parameters.every((name) => absent.has(name))) return Number.POSITIVE_INFINITY
          const stats = statsOf(g, values, Math.sqrt(total))
          const tau = checked(rule.threshold(pass.states[g]!, stats, context), g)
          pass.states[g] = rule.observe(pass.states[g]!, stats, { tau, norm: stats.norm * factor(shape, tau, stats.norm) })
          return tau
        })
        taus = tensor1d(known.map((tau) => Math.min(tau, HUGE)))
      } else {
        known = groups.map((_, g) => checked(rule.threshold(pass.states[g]!, NOTHING, context), g))
        taus = tensorOf(known)
      }
      const given = { gradients, squares, norms, taus, known, factors: null, above: null }
      if (shape !== 'rescale' && known?.every((tau) => tau === Number.POSITIVE_INFINITY)) return given // nothing to cut
      const out = [...gradients]
      if (of === 'element') {
        const limits = parts.spread(taus)
        const largest = parts.spread(norms)
        const counts: Tensor[] = []
        parts.members.forEach(({ slot, units }, k) => {
          const x = gradients[slot]
          if (!x) return
          const tau = known !== null && units === 1 ? known[groups.findIndex(({ parameters }) => parameters.includes(names[slot]!))]! : null
          counts.push(sum(cast(greater(abs(x), limits[k]!), 'float32')))
          out[slot] = shaped(x, shape, limits[k]!, largest[k]!, tau)
        })
        return { ...given, gradients: out, above: counts.length === 0 ? null : sum(stack(counts)) }
      }
      const factors = factorsOf(shape, taus, norms)
      const by = parts.spread(factors)
      parts.members.forEach(({ slot }, k) => {
        const x = gradients[slot]
        if (x) out[slot] = mul(x, by[k]!)
      })
      return { ...given, gradients: out, factors }
    },

    observe(norms, squares, taus, absent) {
      const total = Math.sqrt(sumOf(squares))
      const values = new Map([['norms', norms]])
      groups.forEach(({ parameters }, g) => {
        if (parameters.every((name) => absent.has(name))) return
        const norm = norms[g]!
        pass.states[g] = rule.observe(pass.states[g]!, statsOf(g, values, total), {
          tau: taus[g]!,
          norm: norm * factor(shape, taus[g]!, norm),
        })
      })
    },

    dispose() {
      parts.dispose()
      cached?.tensor.dispose()
      cached = null
    },
  }
}

export const absentOf = (names: readonly string[], gradients: Gradients): ReadonlySet<string> =>
  new Set(names.filter((_, i) => !gradients[i]))

function sumOf(values: ArrayLike<number>): number {
  let total = 0
  for (let i = 0; i < values.length; i++) total += values[i]!
  return total
}
