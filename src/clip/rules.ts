/** Every rule by name: its options, and how it is made from them. */
import { ALRC, alrc } from './alrc.js'
import { CLIPPY, clippy } from './clippy.js'
import { EMA_MAX, emaMax } from './ema-max.js'
import { FIXED, fixed } from './fixed.js'
import { LEARNING_RATE, learningRate } from './learning-rate.js'
import { LOSS_FEEDBACK, lossFeedback } from './loss-feedback.js'
import { LOSS_FEEDBACK_LITERAL, lossFeedbackLiteral } from './loss-feedback-literal.js'
import { MEAN_STD, meanStd } from './mean-std.js'
import { NONE, none } from './none.js'
import { type Options, type OptionTable, readOptions } from './options.js'
import { PERCENTILE, percentile } from './percentile.js'
import { RELATIVE_TO_WEIGHTS, relativeToWeights } from './relative-to-weights.js'
import type { ClipRule } from './rule.js'
import { SPAM, spam } from './spam.js'
import { STABLE_ADAMW, stableAdamw } from './stable-adamw.js'

export interface RuleEntry {
  readonly options: OptionTable
  /** @param where opens each message @throws RangeError naming the option, the bound and the value */
  create(where: string, given: Readonly<Record<string, unknown>>): ClipRule
}

export const RULES = {
  none: entry(NONE, () => none()),
  fixed: entry(FIXED, ({ tau }) => fixed(tau)),
  'mean-std': entry(MEAN_STD, ({ k, ...options }) => meanStd(k, options)),
  'learning-rate': entry(LEARNING_RATE, ({ c, ...options }) => learningRate(c, options)),
  percentile: entry(PERCENTILE, ({ p, ...options }) => percentile(p, options)),
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
function entry<const T extends OptionTable>(options: T, create: (options: Options<T>) => ClipRule<any>): RuleEntry {
  return { options, create: (where, given) => create(readOptions(where, options, given)) }
}
