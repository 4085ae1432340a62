/** One optimiser step behind a clipper: what the rules ask of the optimiser, gradient → clip → moments → proposed step → clip → weights. */
import type { ClipContext } from '../clip/rule.js'
import { UsageError } from '../core/errors.js'
import type { Clipper, ClipReport } from './clipper.js'
import type { FlatOptimizer, FloatArray } from './optimizer.js'

/** Changes parameters and gradient in place. The optimiser does not step when the report says `skipped`. */
export type ClippedStep = (parameters: FloatArray, gradient: FloatArray, context: ClipContext, absent?: ReadonlySet<string>) => ClipReport

/** @throws UsageError when a rule needs second moments and the optimiser has none */
export function clippedStep(clipper: Clipper, optimizer: FlatOptimizer): ClippedStep {
  const { secondMoment = null } = optimizer
  if (clipper.readsSecondMoment && secondMoment === null) {
    const names = clipper.plan.filter(({ rule }) => rule.readsSecondMoment).map(({ name }) => `"${name}"`)
    throw new UsageError(`clip ${names.join(', ')} needs the second moments of the gradient, and ${optimizer.name} keeps none. Use adam.`)
  }
  return (parameters, gradient, context, absent) => {
    const asked = clipper.request(context)
    if (asked?.resetMoments) optimizer.reset()
    const rate = context.learningRate * (asked?.rate ?? 1)
    const extras = { absent, secondMoment }
    let report = clipper.apply(gradient, parameters, context, extras)
    if (report.skipped) return report
    const revise = (update: FloatArray): void => {
      report = clipper.revise(update, gradient, parameters, context, extras)
    }
    optimizer.step(parameters, gradient, rate, absent, clipper.revises ? revise : undefined)
    return report
  }
}
