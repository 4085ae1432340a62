/** Every rule by name: its options, and how it is made from them. */
import type { ClipConfig } from '../core/config/schema.js'
import { ALRC, alrc } from './alrc.js'
import { AUTO, auto } from './auto.js'
import { CLIPPY, clippy } from './clippy.js'
import { EMA_MAX, emaMax } from './ema-max.js'
import { EMA_NORM, emaNorm } from './ema-norm.js'
import { FIXED, fixed } from './fixed.js'
import { GRADIENT_STABILIZER, gradientStabilizer } from './gradient-stabilizer.js'
import { LEARNING_RATE, learningRate } from './learning-rate.js'
import { LOSS_FEEDBACK, lossFeedback } from './loss-feedback.js'
import { LOSS_FEEDBACK_LITERAL, lossFeedbackLiteral } from './loss-feedback-literal.js'
import { MEAN_STD, meanStd } from './mean-std.js'
import { NONE, none } from './none.js'
import { type Options, type OptionTable, readOptions } from './options.js'
import { PERCENTILE, percentile } from './percentile.js'
import { QUANTILE, quantile } from './quantile.js'
import { RELATIVE_TO_WEIGHTS, relativeToWeights } from './relative-to-weights.js'
import type { ClipRule } from './rule.js'
import { SCHEDULE, schedule } from './schedule.js'
import { LOOSEST, loosest, TIGHTEST, tightest } from './several.js'
import { SPAM, spam } from './spam.js'
import { STABLE_ADAMW, stableAdamw } from './stable-adamw.js'
import { ZSCORE, zscore } from './zscore.js'

export interface RuleEntry {
  readonly options: OptionTable
  /**
   * @param where opens each message @param nested makes the rules within a rule, from name, options and the signal to hear
   * @throws RangeError naming the option, the bound and the value
   */
  create(where: string, given: Readonly<Record<string, unknown>>, nested: MakeRule): ClipRule
}

export type MakeRule = (config: ClipConfig, signal: string) => ClipRule

export const RULES = {
  none: entry(NONE, () => none()),
  fixed: entry(FIXED, ({ tau }) => fixed(tau)),
  'mean-std': entry(MEAN_STD, ({ k, ...options }) => meanStd(k, options)),
  'learning-rate': entry(LEARNING_RATE, ({ c, ...options }) => learningRate(c, options)),
  percentile: entry(PERCENTILE, ({ p, ...options }) => percentile(p, options)),
  quantile: entry(QUANTILE, (options) => quantile(options)),
  zscore: entry(ZSCORE, (options) => zscore(options)),
  auto: entry(AUTO, (options) => auto(options)),
  'ema-norm': entry(EMA_NORM, (options) => emaNorm(options)),
  'gradient-stabilizer': entry(GRADIENT_STABILIZER, (options) => gradientStabilizer(options)),
  schedule: entry(SCHEDULE, ({ tau, ...options }) => schedule(tau, options)),
  tightest: entry(TIGHTEST, ({ rules, signal }, nested) =>
    tightest(
      rules.map((rule) => nested(rule, signal)),
      signal,
    ),
  ),
  loosest: entry(LOOSEST, ({ rules, signal }, nested) =>
    loosest(
      rules.map((rule) => nested(rule, signal)),
      signal,
    ),
  ),
  'relative-to-weights': entry(RELATIVE_TO_WEIGHTS, ({ lambda, ...options }) => relativeToWeights(lambda, options)),
  spam: entry(SPAM, (options) => spam(options)),
  'ema-max': entry(EMA_MAX, (options) => emaMax(options)),
  'stable-adamw': entry(STABLE_ADAMW, (options) => stableAdamw(options)),
  clippy: entry(CLIPPY, (options) => clippy(options)),
  alrc: entry(ALRC, (options) => alrc(options)),
  'loss-feedback': entry(LOSS_FEEDBACK, (options) => lossFeedback(options)),
  'loss-feedback-literal': entry(LOSS_FEEDBACK_LITERAL, (options) => lossFeedbackLiteral(options)),
}

export type RuleName = keyof typeof RULES

// biome-ignore lint/suspicious/noExplicitAny: each rule has its own state; nobody who holds the table looks into it
function entry<const T extends OptionTable>(options: T, create: (options: Options<T>, nested: MakeRule) => ClipRule<any>): RuleEntry {
  return { options, create: (where, given, nested) => create(readOptions(where, options, given), nested) }
}
