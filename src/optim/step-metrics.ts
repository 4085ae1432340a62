/** A step's report as numbers by catalog name, and the norms of its parts as lists for histograms. Names as in a run's metrics. */
import type { PartReport, SecondMomentSpread, StepReport } from './step-report.js'

/** Only what was measured. τ is Infinity where nothing is limited, and NaN in a skipped step. */
export function stepMetrics(report: StepReport): Record<string, number> {
  const { model, layers, clipRate, skippedSoFar } = report
  const metrics: Record<string, number> = {
    'grad/norm_pre': model.normBefore,
    'grad/norm_post': model.normAfter,
    'grad/tau': model.tau,
    'grad/clip_rate': clipRate,
    'grad/skipped': skippedSoFar,
    'grad/non_finite': model.nonFinite,
  }
  addDetails(metrics, 'grad', model)
  for (const layer of layers) {
    const name = `grad/layer/${layer.name}`
    metrics[`${name}/norm_pre`] = layer.normBefore
    metrics[`${name}/norm_post`] = layer.normAfter
    metrics[`${name}/tau`] = layer.tau
    metrics[`${name}/clip_rate`] = layer.clipRate
    addDetails(metrics, name, layer)
  }
  return metrics
}

/** Norms of the layers, and of the units where they were measured; those that are not finite are left out. */
export function stepHistograms({ layers, units }: StepReport): Record<string, readonly number[]> {
  const norms = (parts: readonly PartReport[], of: 'normBefore' | 'normAfter') =>
    parts.map((part) => part[of]).filter((norm) => Number.isFinite(norm))
  return {
    'grad/layers/norm_pre': norms(layers, 'normBefore'),
    'grad/layers/norm_post': norms(layers, 'normAfter'),
    ...(units.length > 0 && { 'grad/units/norm_pre': norms(units, 'normBefore'), 'grad/units/norm_post': norms(units, 'normAfter') }),
  }
}

function addDetails(metrics: Record<string, number>, name: string, { cosine, updateRatio, secondMoment }: PartReport): void {
  if (cosine !== null) metrics[`${name}/cosine`] = cosine
  if (updateRatio !== null) metrics[`${name}/update_ratio`] = updateRatio
  if (secondMoment !== null) addSpread(metrics, name, secondMoment)
}

function addSpread(metrics: Record<string, number>, name: string, { min, median, max, belowEpsilon }: SecondMomentSpread): void {
  metrics[`${name}/root_v_min`] = min
  metrics[`${name}/root_v_median`] = median
  metrics[`${name}/root_v_max`] = max
  metrics[`${name}/root_v_below_epsilon`] = belowEpsilon
}
