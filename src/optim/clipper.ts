/**
 * The applier: carries out a plan of clips on one flat gradient, one after the other, and those of stage update on the step that the
 * optimiser proposes. What one clip does is in clip-pass.ts; here is their order, the total, and what they leave on disk.
 */
import { asPlan, type Clip, type ClipPlan } from '../clip/clip.js'
import type { ClipContext, OptimizerRequest, Signal } from '../clip/rule.js'
import { RunError } from '../core/errors.js'
import type { Json } from '../core/json.js'
import type { GroupArithmetic } from './arithmetic.js'
import { type ClipPass, createClipPass, type GroupReport } from './clip-pass.js'
import { loadPasses, savePasses } from './clipper-state.js'
import type { ParameterLayout } from './layout.js'
import type { StepArrays } from './measure.js'
import type { FloatArray, SecondMoment } from './optimizer.js'
import { sumOfSquares } from './stats.js'

export type { GroupReport } from './clip-pass.js'

export interface ClipReport {
  /** True when a gradient was not finite: nothing was changed, the optimiser must not step. */
  readonly skipped: boolean
  /** Name of the first parameter with a non-finite gradient, or null. */
  readonly nonFinite: string | null
  /** L2 norm of the whole gradient. */
  readonly normBefore: number
  /** The same after the clips of stage gradient. */
  readonly normAfter: number
  /** Share of groups above their limit (of=element: of elements), of all clips so far in this step. */
  readonly clipRate: number
  /** Those of stage gradient, then those of stage update. The clipper's own, valid until its next step; after a skipped one as before. */
  readonly groups: readonly GroupReport[]
}

/** What a step brings beside its gradient. */
export interface StepExtras {
  /** Names of parameters without a gradient in this step; a group that has only such is left out, its history waits. */
  readonly absent?: ReadonlySet<string> | undefined
  /** v of the optimiser as it stands, with its bias corrected or not, for rules that read it. */
  readonly secondMoment?: SecondMoment | null | undefined
}

export interface Clipper {
  readonly plan: ClipPlan
  /** One for each clip of the plan, with the states of its rule. */
  readonly passes: readonly ClipPass[]
  /** What the groups met; those of a ClipReport, which are always the same ones. */
  readonly reports: readonly GroupReport[]
  /** False when no rule looks at the parameters: `apply` and `revise` then take an empty array in their place. */
  readonly readsParameters: boolean
  readonly readsSecondMoment: boolean
  /** Some clip is of stage update: `revise` must be called on each proposed step. */
  readonly revises: boolean
  /** What the rules ask of the optimiser before this step; null: nothing. */
  request(context: ClipContext): OptimizerRequest | null
  /**
   * Clips `gradient` in place.
   * @throws RangeError when an array does not fit the layout, or a rule answers a τ that is not above 0
   */
  apply(gradient: FloatArray, parameters: FloatArray, context: ClipContext, extras?: StepExtras): ClipReport
  /**
   * Clips the step that the optimiser proposes, in place (what it will subtract from the parameters, weight decay apart).
   * @returns the report of the whole step
   * @throws RunError when the step is not finite
   */
  revise(update: FloatArray, gradient: FloatArray, parameters: FloatArray, context: ClipContext, extras?: StepExtras): ClipReport
  /** Passes a signal to every group's rule: once per update. */
  feedback(signal: Signal): void
  /** One line per group: what its rule last decided and why; empty for rules that say nothing. */
  explain(): { readonly group: string; readonly line: string }[]
  /** The state of every group's rule. */
  save(): Json
  /** @throws RunError when it was saved by other rules or for other groups; then nothing is changed */
  load(saved: Json): void
}

/**
 * @param arithmetic for the passes over the gradient; default: plain loops
 * @throws RangeError for an empty plan
 */
export function createClipper(clips: Clip | ClipPlan, layout: ParameterLayout, arithmetic?: GroupArithmetic): Clipper {
  const plan = asPlan(clips)
  if (plan.length === 0) throw new RangeError('clipper: expected at least one clip')
  const passes = plan.map((clip) => createClipPass(clip, layout, arithmetic))
  const gradientPasses = passes.filter(({ clip }) => clip.stage === 'gradient')
  const updatePasses = passes.filter(({ clip }) => clip.stage === 'update')
  const groups = groupReports([...gradientPasses, ...updatePasses])
  const everything = [{ start: 0, end: layout.size, stride: 1 }]
  const readsParameters = passes.some((pass) => pass.readsParameters)
  const readsSecondMoment = plan.some(({ rule }) => rule.readsSecondMoment !== undefined)
  const requests = plan.flatMap(({ rule }) => (rule.request ? [rule.request.bind(rule)] : []))
  let last: ClipReport = { skipped: false, nonFinite: null, normBefore: 0, normAfter: 0, clipRate: 0, groups }

  function check(what: string, x: FloatArray, parameters: FloatArray, { secondMoment }: StepExtras): void {
    if (x.length !== layout.size) throw new RangeError(`clipper: expected ${what} of ${layout.size}, got ${x.length}`)
    if (readsParameters && parameters.length !== layout.size)
      throw new RangeError(`clipper: expected ${layout.size} parameters, got ${parameters.length}`)
    if (readsSecondMoment && !secondMoment) throw new RangeError('clipper: expected the second moments of the optimiser, got none')
  }

  return {
    plan,
    passes,
    reports: groups,
    readsParameters,
    readsSecondMoment,
    revises: updatePasses.length > 0,

    request(context) {
      if (requests.length === 0) return null
      const all = requests.map((ask) => ask(context))
      return { resetMoments: all.some(({ resetMoments }) => resetMoments), rate: all.reduce((product, { rate }) => product * rate, 1) }
    },

    apply(gradient, parameters, context, extras = {}) {
      check('a gradient', gradient, parameters, extras)
      const first = gradientPasses[0]
      const lone = gradientPasses.length === 1 && first!.complete // then its sums are those of the whole
      let before = lone ? first!.measure(gradient) : sumOfSquares(gradient, everything)
      if (!Number.isFinite(before)) {
        const nonFinite = firstNonFinite(gradient, layout)
        last = { skipped: true, nonFinite, normBefore: Number.NaN, normAfter: Number.NaN, clipRate: 0, groups }
        return last
      }
      const arrays = { values: gradient, gradient, parameters, secondMoment: null }
      let after = before
      for (const pass of gradientPasses) {
        if (!lone) pass.measure(gradient)
        after = pass.run(withMoment(arrays, pass, extras), context, extras.absent)
      }
      if (!lone && gradientPasses.length > 0) after = sumOfSquares(gradient, everything)
      before = Math.sqrt(before)
      last = {
        skipped: false,
        nonFinite: null,
        normBefore: before,
        normAfter: gradientPasses.length === 0 ? before : Math.sqrt(after),
        clipRate: clipRate(gradientPasses),
        groups,
      }
      return last
    },

    revise(update, gradient, parameters, context, extras = {}) {
      check('a step', update, parameters, extras)
      const arrays = { values: update, gradient, parameters, secondMoment: null }
      for (const pass of updatePasses) {
        if (!Number.isFinite(pass.measure(update)))
          throw new RunError(`clip "${pass.clip.name}": the optimiser's step for "${firstNonFinite(update, layout)}" is not finite`)
        pass.run(withMoment(arrays, pass, extras), context, extras.absent)
      }
      last = { ...last, clipRate: clipRate(passes) }
      return last
    },

    feedback(signal) {
      for (const pass of passes) pass.feedback(signal)
    },

    explain: () => prefixed(passes).flatMap(({ pass, prefix }) => pass.explain().map((line) => ({ ...line, group: prefix + line.group }))),
    save: () => savePasses(passes),
    load: (saved) => loadPasses(saved, passes),
  }
}

/** Groups of several clips bear their clip's name: 'agc: actor/hidden-0'. */
function prefixed(passes: readonly ClipPass[]): { readonly pass: ClipPass; readonly prefix: string }[] {
  return passes.map((pass) => ({ pass, prefix: passes.length === 1 ? '' : `${pass.clip.name}: ` }))
}

/** The passes write to their reports, so these follow them. */
function groupReports(passes: readonly ClipPass[]): readonly GroupReport[] {
  if (passes.length === 1) return passes[0]!.reports
  return prefixed(passes).flatMap(({ pass, prefix }) =>
    pass.reports.map((report) => Object.create(report, { name: { value: prefix + report.name, enumerable: true } }) as GroupReport),
  )
}

function withMoment(arrays: StepArrays, { clip: { rule } }: ClipPass, { secondMoment }: StepExtras): StepArrays {
  return rule.readsSecondMoment && secondMoment ? { ...arrays, secondMoment: secondMoment(rule.readsSecondMoment === 'corrected') } : arrays
}

function clipRate(passes: readonly ClipPass[]): number {
  let counted = 0
  let clipped = 0
  for (const { tally } of passes) {
    counted += tally.counted
    clipped += tally.clipped
  }
  return counted === 0 ? 0 : clipped / counted
}

function firstNonFinite(x: FloatArray, { slots }: ParameterLayout): string | null {
  for (const { name, offset, size } of slots) {
    for (let i = offset; i < offset + size; i++) if (!Number.isFinite(x[i]!)) return name
  }
  return null
}
