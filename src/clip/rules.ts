/** Every rule by name: its options, and how it is made from them. */
import { FIXED, fixed } from './fixed.js'
import { LOSS_FEEDBACK, lossFeedback } from './loss-feedback.js'
import { LOSS_FEEDBACK_LITERAL, lossFeedbackLiteral } from './loss-feedback-literal.js'
import { NONE, none } from './none.js'
import { type Options, type OptionTable, readOptions } from './options.js'
import type { ClipRule } from './rule.js'

export interface RuleEntry {
  readonly options: OptionTable
  /** @param where opens each message @throws RangeError naming the option, the bound and the value */
  create(where: string, given: Readonly<Record<string, unknown>>): ClipRule
}

export const RULES = {
  none: entry(NONE, () => none()),
  fixed: entry(FIXED, ({ tau }) => fixed(tau)),
  'loss-feedback': entry(LOSS_FEEDBACK, (options) => lossFeedback(options)),
  'loss-feedback-literal': entry(LOSS_FEEDBACK_LITERAL, (options) => lossFeedbackLiteral(options)),
}

export type RuleName = keyof typeof RULES

// biome-ignore lint/suspicious/noExplicitAny: each rule has its own state; nobody who holds the table looks into it
function entry<const T extends OptionTable>(options: T, create: (options: Options<T>) => ClipRule<any>): RuleEntry {
  return { options, create: (where, given) => create(readOptions(where, options, given)) }
}
