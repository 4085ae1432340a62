/** The public names of `tau-rl/clip`: gradient clipping for any TensorFlow.js program, its rules, and the pieces to write one's own. */
export { type AlrcOptions, alrc } from '../clip/alrc.js'
export { asClipPlan, type ClipLike } from '../clip/as-clip.js'
export { type AutoOptions, auto } from '../clip/auto.js'
export {
  type Clip,
  type ClipOf,
  type ClipPer,
  type ClipPlan,
  type ClipShape,
  type ClipStage,
  type ClipWords,
  clipOf,
} from '../clip/clip.js'
export { type ClippyOptions, clippy } from '../clip/clippy.js'
export { type EmaMaxOptions, emaMax } from '../clip/ema-max.js'
export { type EmaNormOptions, emaNorm } from '../clip/ema-norm.js'
export { fixed } from '../clip/fixed.js'
export { type GradientStabilizerOptions, gradientStabilizer } from '../clip/gradient-stabilizer.js'
export { type LearningRateOptions, learningRate } from '../clip/learning-rate.js'
export { withCeiling, withFloor, withWarmup } from '../clip/limits.js'
export { type LossFeedbackOptions, lossFeedback } from '../clip/loss-feedback.js'
export { type LossFeedbackLiteralOptions, lossFeedbackLiteral } from '../clip/loss-feedback-literal.js'
export { type MeanStdOptions, meanStd } from '../clip/mean-std.js'
export { none } from '../clip/none.js'
export { type PercentileOptions, percentile } from '../clip/percentile.js'
export { PRESETS, type Preset, type PresetName } from '../clip/presets.js'
export { type QuantileOptions, quantile } from '../clip/quantile.js'
export {
  type ClipEntry,
  clipConfig,
  clipEntries,
  clipNames,
  createClip,
  createPlan,
  describeClip,
  parseClip,
  parsePlan,
  planConfig,
} from '../clip/registry.js'
export { type RelativeToWeightsOptions, relativeToWeights } from '../clip/relative-to-weights.js'
export type { Applied, ClipContext, ClipRule, GradientStats, Signal, StatName } from '../clip/rule.js'
export { type ScheduleOptions, schedule } from '../clip/schedule.js'
export { loosest, tightest } from '../clip/several.js'
export { type SpamOptions, spam } from '../clip/spam.js'
export { type StableAdamwOptions, stableAdamw } from '../clip/stable-adamw.js'
export { type ZscoreOptions, zscore } from '../clip/zscore.js'
export type { ClipConfig } from '../core/config/schema.js'
export { RunError, UsageError } from '../core/errors.js'
export type { Json } from '../core/json.js'
export { type AcclipOptions, acclip } from './acclip.js'
export { type AdamOptions, adam, adamw } from './adam.js'
export { ClipCallback, type ClipCallbackOptions, clipCallback } from './clip-callback.js'
export { ClippedOptimizer } from './clipped-optimizer.js'
export { type ClippedStep, clippedStep } from './clipped-step.js'
export { type Clipper, type ClipReport, createClipper, type GroupReport } from './clipper.js'
export type { ClipWhere } from './device-clipping.js'
export { layout, type ParameterLayout, type ParameterSlot } from './layout.js'
export type { FlatOptimizer, FloatArray } from './optimizer.js'
export { checkRateSchedule, type RateSchedule, rateAt } from './rate-schedule.js'
export {
  observePlateau,
  PLATEAU_START,
  type PlateauOptions,
  type PlateauSettings,
  type PlateauState,
  plateauSettings,
} from './reduce-on-plateau.js'
export { type RmspropOptions, rmsprop } from './rmsprop.js'
export type { WeightDecayOptions } from './rule-options.js'
export { type SgdOptions, sgd } from './sgd.js'
export { stepHistograms, stepMetrics } from './step-metrics.js'
export type { PartReport, SecondMomentSpread, StepDetail, StepReport } from './step-report.js'
export type { ObserveOptions, StepListener } from './step-watch.js'
export type { TfAdamOptions } from './tf-adam.js'
export { TfOptimizer, type TfOptimizerOptions } from './tf-optimizer.js'
export { tfAdam, tfAdamW, tfRmsprop, tfSgd } from './tf-optimizers.js'
export type { TfRmspropOptions } from './tf-rmsprop.js'
export type { TfSgdOptions } from './tf-sgd.js'
export { type GroupVariable, groupByPath } from './variable-slots.js'
export { type WithClippingOptions, withClipping } from './with-clipping.js'
