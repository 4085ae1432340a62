/**
 * The applier: carries out a `Clip` on one flat gradient. It knows tensors, axes and groups, and no rule by name.
 *
 * It runs once per minibatch step, so it allocates next to nothing, reads the gradient once for the norms that it always needs, and takes
 * other statistics only when the rule asks for them. A group under its limit is not written to: its gradient keeps its bits.
 */
import type { Clip, ClipOf } from '../clip/clip.js'
import type { ClipContext, Signal, StatName } from '../clip/rule.js'
import { RunError } from '../core/errors.js'
import type { Json } from '../core/json.js'
import { type Group, groupsOf } from './groups.js'
import type { ParameterLayout } from './layout.js'
import { factor, scale, shapeElements } from './shapes.js'
import { largestMagnitude, sum, sumOfMagnitudes, sumOfSquaredDeviations, sumOfSquares } from './stats.js'

/** What one group met in one step. The norm is the one that τ bounds: L2, L1 or L∞; for a clip of elements the largest magnitude. */
export interface GroupReport {
  /** 'model', 'actor', 'actor/hidden-0', 'actor/hidden-0/kernel', 'actor/hidden-0/kernel#3'. */
  readonly name: string
  /** Infinity: no limit. */
  readonly tau: number
  readonly normBefore: number
  readonly normAfter: number
  /** The norm was above τ. */
  readonly clipped: boolean
}

export interface ClipReport {
  /** True when a gradient was not finite: nothing was changed, the optimiser must not step. */
  readonly skipped: boolean
  /** Name of the first parameter with a non-finite gradient, or null. */
  readonly nonFinite: string | null
  /** L2 norm of the whole gradient. */
  readonly normBefore: number
  readonly normAfter: number
  /** Share of groups above their limit; with of = 'element', of elements. */
  readonly clipRate: number
  /** The clipper's own, valid until its next `apply`. After a skipped step: as the step before left them. */
  readonly groups: readonly GroupReport[]
}

export interface Clipper {
  readonly clip: Clip
  /** False when the rule never looks at the parameters: `apply` then takes an empty array in their place. */
  readonly readsParameters: boolean
  /**
   * Clips `gradient` in place.
   * @param absent names of parameters without a gradient in this step; a group that has only such is left out, its history waits
   * @throws RangeError when an array does not fit the layout, or the rule answers a τ that is not above 0
   */
  apply(gradient: Float32Array, parameters: Float32Array, context: ClipContext, absent?: ReadonlySet<string>): ClipReport
  /** Passes a signal to every group's rule: once per update. */
  feedback(signal: Signal): void
  /** One line per group: what its rule last decided and why; empty for rules that say nothing. */
  explain(): { readonly group: string; readonly line: string }[]
  /** The state of every group's rule. */
  save(): Json
  /** @throws RunError when it was saved by another rule or for other groups */
  load(saved: Json): void
}

export type ClipperFactory = (clip: Clip, layout: ParameterLayout) => Clipper

export const createClipper: ClipperFactory = (clip, layout) => {
  if (clip.stage !== 'gradient') throw new RangeError(`clipper: only stage "gradient" is carried out here, got "${clip.stage}"`)
  const { rule, of, shape } = clip
  const groups = groupsOf(layout, clip.per)
  const states: Json[] = groups.map(() => rule.init())
  const squares = new Float64Array(groups.length) // Σ g² per group
  const reports = groups.map(({ name }) => ({ name, tau: Number.POSITIVE_INFINITY, normBefore: 0, normAfter: 0, clipped: false }))
  const needs: ReadonlySet<StatName> = new Set(rule.needs ?? ['maxAbs', 'mean', 'std', 'meanAbs', 'paramNorm'])
  const stats = { size: 0, norm: 0, maxAbs: 0, mean: 0, std: 0, meanAbs: 0, paramNorm: 0 } // one for all groups and steps
  const applied = { tau: 0, norm: 0 }

  function measure(group: Group, square: number, gradient: Float32Array, parameters: Float32Array): void {
    const { slices, size } = group
    stats.size = size
    stats.maxAbs = needs.has('maxAbs') || of === 'element' || of === 'norm-inf' ? largestMagnitude(gradient, slices) : Number.NaN
    stats.norm = normOf(of, group, gradient, square, stats.maxAbs)
    stats.meanAbs = needs.has('meanAbs') ? sumOfMagnitudes(gradient, slices) / size : Number.NaN
    const mean = needs.has('mean') || needs.has('std') ? sum(gradient, slices) / size : Number.NaN
    stats.mean = mean
    stats.std = needs.has('std') ? Math.sqrt(sumOfSquaredDeviations(gradient, slices, mean) / size) : Number.NaN
    stats.paramNorm = needs.has('paramNorm') ? Math.sqrt(sumOfSquares(parameters, slices)) : Number.NaN
  }

  return {
    clip,
    readsParameters: needs.has('paramNorm'),

    apply(gradient, parameters, context, absent) {
      if (gradient.length !== layout.size) throw new RangeError(`clipper: expected a gradient of ${layout.size}, got ${gradient.length}`)
      if (needs.has('paramNorm') && parameters.length !== layout.size)
        throw new RangeError(`clipper: expected ${layout.size} parameters, got ${parameters.length}`)
      let before = 0
      for (let g = 0; g < groups.length; g++) before += squares[g] = sumOfSquares(gradient, groups[g]!.slices)
      if (!Number.isFinite(before)) {
        return {
          skipped: true,
          nonFinite: firstNonFinite(gradient, layout),
          normBefore: Number.NaN,
          normAfter: Number.NaN,
          clipRate: 0,
          groups: reports,
        }
      }

      let after = 0 // Σ g² over all groups, as clipped
      let counted = 0 // groups, or elements
      let clipped = 0
      for (let g = 0; g < groups.length; g++) {
        const group = groups[g]!
        const report = reports[g]!
        if (absent !== undefined && group.parameters.every((name) => absent.has(name))) {
          report.normBefore = report.normAfter = 0
          report.clipped = false
          continue
        }
        measure(group, squares[g]!, gradient, parameters)
        const tau = rule.threshold(states[g]!, stats, context)
        if (!(tau > 0)) throw new RangeError(`clip "${clip.name}": τ must be above 0, got ${tau} from ${rule.name} for "${group.name}"`)
        report.tau = tau
        report.normBefore = stats.norm
        report.clipped = stats.norm > tau
        if (of === 'element') {
          const changes = shape !== 'hard' || report.clipped
          clipped += changes ? shapeElements(gradient, group.slices, shape, tau) : 0
          counted += group.size
          after += changes ? sumOfSquares(gradient, group.slices) : squares[g]!
          report.normAfter = stats.norm * factor(shape, tau, stats.norm)
        } else {
          const by = factor(shape, tau, stats.norm)
          if (by !== 1) scale(gradient, group.slices, by)
          if (report.clipped) clipped++
          counted++
          after += squares[g]! * by * by
          report.normAfter = stats.norm * by
        }
        applied.tau = tau
        applied.norm = report.normAfter
        states[g] = rule.observe(states[g]!, stats, applied)
      }
      return {
        skipped: false,
        nonFinite: null,
        normBefore: Math.sqrt(before),
        normAfter: Math.sqrt(after),
        clipRate: counted === 0 ? 0 : clipped / counted,
        groups: reports,
      }
    },

    feedback(signal) {
      if (rule.feedback === undefined) return
      for (let g = 0; g < groups.length; g++) states[g] = rule.feedback(states[g]!, signal)
    },

    explain: () =>
      rule.explain === undefined ? [] : groups.map(({ name }, g) => ({ group: name, line: rule.explain?.(states[g]!) ?? '' })),

    save: () => ({ rule: rule.config?.name ?? rule.name, groups: groups.map(({ name }, g) => ({ name, state: states[g]! })) }),

    load(saved) {
      const loaded = readSaved(saved, clip, groups)
      for (let g = 0; g < groups.length; g++) states[g] = loaded[g]!
    },
  }
}

function normOf(of: ClipOf, { slices }: Group, gradient: Float32Array, square: number, maxAbs: number): number {
  switch (of) {
    case 'norm':
      return Math.sqrt(square)
    case 'norm-1':
      return sumOfMagnitudes(gradient, slices)
    case 'norm-inf':
    case 'element':
      return maxAbs
  }
}

function firstNonFinite(gradient: Float32Array, { slots }: ParameterLayout): string | null {
  for (const { name, offset, size } of slots) {
    for (let i = offset; i < offset + size; i++) if (!Number.isFinite(gradient[i]!)) return name
  }
  return null
}

function readSaved(saved: Json, { name, rule }: Clip, groups: readonly Group[]): Json[] {
  const ruleName = rule.config?.name ?? rule.name
  const refuse = (what: string): never => {
    throw new RunError(`clip "${name}": the saved state does not fit: ${what}`)
  }
  if (!isObject(saved) || !Array.isArray(saved['groups'])) return refuse('expected a rule and a list of groups')
  if (saved['rule'] !== ruleName) refuse(`expected the rule "${ruleName}", got ${JSON.stringify(saved['rule'])}`)
  const list: readonly Json[] = saved['groups']
  if (list.length !== groups.length) refuse(`expected ${groups.length} groups, got ${list.length}`)
  return groups.map((group, g) => {
    const entry = list[g]!
    if (!isObject(entry) || entry['name'] !== group.name || entry['state'] === undefined)
      return refuse(`expected the group "${group.name}", got ${JSON.stringify(isObject(entry) ? entry['name'] : entry)}`)
    if (!sameKind(rule.init(), entry['state'])) refuse(`the state of "${group.name}" is not one of ${rule.name}`)
    return entry['state']
  })
}

const isObject = (value: Json): value is { readonly [key: string]: Json } =>
  value !== null && typeof value === 'object' && !Array.isArray(value)

/** Same kind of value, same keys; what starts as null may have become anything. */
function sameKind(fresh: Json, saved: Json): boolean {
  if (fresh === null) return true
  if (Array.isArray(fresh)) return Array.isArray(saved)
  if (!isObject(fresh)) return typeof saved === typeof fresh
  return isObject(saved) && Object.entries(fresh).every(([key, value]) => saved[key] !== undefined && sameKind(value, saved[key]))
}
