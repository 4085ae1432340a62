/**
 * The part of a ClippedOptimizer that works on the host: gradients are read into one flat array and clipped by the applier that training
 * uses (clipper.ts), so every rule works. A gradient under its limit goes on as the tensor that it was.
 */
import type { Optimizer } from '@tensorflow/tfjs-core'
import type { ClipPlan } from '../clip/clip.js'
import type { ClipContext } from '../clip/rule.js'
import { UsageError } from '../core/errors.js'
import type { Clipper, ClipReport } from './clipper.js'
import { hasSecondMoments, readSecondMoments, steerable } from './foreign-moments.js'
import { readParameters, stepAndRevise } from './foreign-update.js'
import type { StepWatch } from './step-watch.js'
import type { GivenGradients, VariableGradients } from './variable-gradients.js'

export interface HostScene {
  readonly clipper: Clipper
  readonly variables: VariableGradients
  readonly given: GivenGradients
  readonly context: ClipContext
  /** Steps left out before this one. */
  readonly skipped: number
}

export class HostClipping {
  /** Of the last step. */
  report: ClipReport | null = null
  private readonly inner: Optimizer
  private readonly watch: StepWatch

  constructor(inner: Optimizer, watch: StepWatch) {
    this.inner = inner
    this.watch = watch
  }

  /** @returns the name of a variable whose gradient is not finite: then nothing was changed; null: the step was taken */
  step({ clipper, variables, given, context, skipped }: HostScene): string | null {
    const { inner } = this
    const { plan } = clipper
    const { slots, layout, flat: gradient } = variables
    const absent = variables.read(given)
    const watched = this.watch.begin({ inner, plan, slots, layout, gradient, ...context })
    const asked = clipper.request(context)
    const steered = asked && steerable(inner)!
    if (asked?.resetMoments) steered!.resetMoments()
    const parameters = clipper.readsParameters ? readParameters(slots, layout) : gradient
    const extras = { absent, secondMoment: (corrected: boolean) => readSecondMoments(inner, slots, layout, corrected)! }
    let report = clipper.apply(gradient, parameters, context, extras)
    if (!report.skipped) {
      if (steered) steered.rateFactor = asked.rate
      try {
        variables.handOver(given, mayHaveChanged(plan, report), (gradients) => {
          const take = () => inner.applyGradients(gradients)
          if (!clipper.revises) take()
          else {
            stepAndRevise(slots, layout, take, (update, before) => {
              report = clipper.revise(update, gradient, before, context, extras)
            })
          }
        })
      } finally {
        if (steered) steered.rateFactor = 1
      }
    }
    this.report = report
    watched?.(report, report.skipped ? skipped + 1 : skipped)
    return report.nonFinite
  }
}

/** @throws UsageError when a rule needs what the optimiser does not have */
export function refuseWithoutMoments(optimizer: Optimizer, plan: ClipPlan): void {
  const needy = plan.find(
    ({ rule }) => (rule.readsSecondMoment && !hasSecondMoments(optimizer)) || (rule.request && steerable(optimizer) === null),
  )
  if (needy)
    throw new UsageError(
      `withClipping: clip "${needy.name}" works with the moments of the optimizer, and ${optimizer.getClassName()} keeps its own to itself. ` +
        'Use an optimizer of tau-rl/clip.',
    )
}

function mayHaveChanged(plan: ClipPlan, { clipRate }: ClipReport): boolean {
  return clipRate > 0 || plan.some(({ shape, like, errorFeedback }) => shape !== 'hard' || like !== 'exact' || errorFeedback)
}
