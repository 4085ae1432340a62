/**
 * Measures what a step did to the gradient, per layer and per unit, on flat arrays. Knows no tfjs and changes nothing.
 *
 * Key idea: a step is measured from copies of what was there before it (the gradient always, the weights when asked for) and from what is
 * there after it. Sums are in float64. Which τ a part met is a matter of overlap: clip groups are cut as the plan says, parts by layer or
 * unit.
 */
import type { ClipPlan } from '../clip/clip.js'
import type { GroupReport } from './clipper.js'
import { type Group, groupsOf } from './groups.js'
import type { ParameterLayout } from './layout.js'
import type { FloatArray } from './optimizer.js'
import { selectedSlots } from './selection.js'
import { sumOfSquares } from './stats.js'
import type { PartReport, SecondMomentSpread, StepDetail } from './step-report.js'

/** What there is after a step. */
export interface StepAfter {
  readonly skipped: boolean
  /** In the order of the clipper's report. */
  readonly groups: readonly GroupReport[]
  readonly gradientBefore: FloatArray
  readonly gradientAfter: FloatArray
  /** Null: not to be measured. */
  readonly weights: { readonly before: FloatArray; readonly after: FloatArray } | null
  /** v̂ of each element. */
  readonly secondMoment: FloatArray | null
  readonly epsilon: number
}

export interface GradientMonitor {
  measure(after: StepAfter): { readonly model: PartReport; readonly layers: PartReport[]; readonly units: PartReport[] }
}

interface Part {
  readonly group: Group
  /** Indices of the clip groups that touch it. */
  readonly touching: readonly number[]
}

export function gradientMonitor(layout: ParameterLayout, plan: ClipPlan, details: ReadonlySet<StepDetail>): GradientMonitor {
  const clipGroups = groupsOfPlan(layout, plan)
  const parts = (groups: readonly Group[]): Part[] => groups.map((group) => ({ group, touching: touching(group, clipGroups) }))
  const [whole = { name: 'model', slices: [], size: 0, parameters: [] }] = groupsOf(layout, 'model')
  const model: Part = { group: whole, touching: clipGroups.map((_, g) => g) }
  const layers = parts(groupsOf(layout, 'layer'))
  const units = details.has('units') ? parts(groupsOf(layout, 'unit')) : []
  const cosines = details.has('cosine')

  const report = ({ group, touching: indices }: Part, after: StepAfter): PartReport => {
    const { slices } = group
    const { gradientBefore, gradientAfter, weights, skipped } = after
    const normBefore = finite(Math.sqrt(sumOfSquares(gradientBefore, slices)))
    const normAfter = finite(Math.sqrt(sumOfSquares(gradientAfter, slices)))
    const groups = skipped ? [] : indices.map((g) => after.groups[g]!)
    return {
      name: group.name,
      normBefore,
      normAfter,
      scale: normBefore === 0 ? 1 : normAfter / normBefore,
      tau: skipped ? Number.NaN : groups.reduce((least, { tau }) => Math.min(least, tau), Number.POSITIVE_INFINITY),
      clipRate: groups.length === 0 ? 0 : groups.filter(({ clipped }) => clipped).length / groups.length,
      nonFinite: Number.isNaN(normBefore) ? countNonFinite(gradientBefore, group) : 0,
      cosine: cosines && normBefore * normAfter > 0 ? cosine(gradientBefore, gradientAfter, group, normBefore * normAfter) : null,
      updateRatio: weights === null || skipped ? null : ratio(weights.before, weights.after, group),
      secondMoment: after.secondMoment === null ? null : spread(after.secondMoment, group, after.epsilon),
    }
  }

  return {
    measure: (after) => ({
      model: report(model, after),
      layers: layers.map((part) => report(part, after)),
      units: units.map((part) => report(part, after)),
    }),
  }
}

type PlannedGroup = Group & { readonly perUnit: boolean }

/** In the order of the clipper's report: those of stage gradient first. */
function groupsOfPlan(layout: ParameterLayout, plan: ClipPlan): PlannedGroup[] {
  const order = [...plan.filter(({ stage }) => stage === 'gradient'), ...plan.filter(({ stage }) => stage === 'update')]
  return order.flatMap((clip) =>
    groupsOf({ slots: selectedSlots(layout, clip), size: layout.size }, clip.per).map((group) => ({
      ...group,
      perUnit: clip.per === 'unit',
    })),
  )
}

function touching(part: Group, groups: readonly PlannedGroup[]): number[] {
  const parameters = new Set(part.parameters)
  const isUnit = part.parameters.length === 1 && part.name !== part.parameters[0]
  return groups.flatMap((group, g) => {
    if (group.perUnit && isUnit) return group.name === part.name ? [g] : []
    return group.parameters.some((name) => parameters.has(name)) ? [g] : []
  })
}

const finite = (value: number): number => (Number.isFinite(value) ? value : Number.NaN)

function* elements({ slices }: Group): Generator<number> {
  for (const { start, end, stride } of slices) for (let i = start; i < end; i += stride) yield i
}

function countNonFinite(x: FloatArray, group: Group): number {
  let count = 0
  for (const i of elements(group)) if (!Number.isFinite(x[i]!)) count++
  return count
}

/** @param norms the product of both norms */
function cosine(a: FloatArray, b: FloatArray, { slices }: Group, norms: number): number {
  let dot = 0
  for (const { start, end, stride } of slices) for (let i = start; i < end; i += stride) dot += a[i]! * b[i]!
  return Math.max(-1, Math.min(1, dot / norms))
}

function ratio(before: FloatArray, after: FloatArray, { slices }: Group): number | null {
  const norm = Math.sqrt(sumOfSquares(before, slices))
  if (norm === 0) return null
  let squares = 0
  for (const { start, end, stride } of slices) {
    for (let i = start; i < end; i += stride) {
      const step = after[i]! - before[i]!
      squares += step * step
    }
  }
  return Math.sqrt(squares) / norm
}

function spread(secondMoment: FloatArray, group: Group, epsilon: number): SecondMomentSpread {
  const roots = Float64Array.from(elements(group), (i) => Math.sqrt(Math.max(0, secondMoment[i]!))).sort()
  const { length } = roots
  const below = roots.findIndex((root) => !(root < epsilon))
  return {
    min: roots[0]!,
    median: (roots[(length - 1) >> 1]! + roots[length >> 1]!) / 2,
    max: roots[length - 1]!,
    belowEpsilon: (below === -1 ? length : below) / length,
  }
}
