/**
 * A threshold in proportion to the learning rate: τ = max(c·α, floor).
 *
 * Source: ours. Mind what it means: as α is annealed to 0 so is τ, and the step of plain SGD shrinks with α². With Adam, whose step does
 * not depend on the gradient's scale, a τ that is always reached has no learning-rate meaning at all.
 */
import { type Options, type OptionTable, readOptions } from './options.js'
import type { ClipRule } from './rule.js'

export const LEARNING_RATE = {
  c: { kind: 'number', above: 0, default: 1000, help: 'τ per unit of learning rate' },
  floor: { kind: 'number', above: 0, default: 1e-6, help: 'τ is never below this' },
} as const satisfies OptionTable

export type LearningRateOptions = Partial<Omit<Options<typeof LEARNING_RATE>, 'c'>>

/** @param c above 0 @throws RangeError when an option is out of range */
export function learningRate(c: number = LEARNING_RATE.c.default, options: LearningRateOptions = {}): ClipRule<null> {
  const o = readOptions('learning-rate', LEARNING_RATE, { c, ...options })
  return {
    name: `learning-rate(${c})`,
    config: { name: 'learning-rate', ...o },
    needs: [],
    dependsOn: 'nothing',
    init: () => null,
    threshold: (_, __, context) => Math.max(c * context.learningRate, o.floor),
    observe: (state) => state,
  }
}
