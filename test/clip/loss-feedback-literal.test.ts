import { expect, test } from 'vitest'
import { lossFeedback } from '../../src/clip/loss-feedback.js'
import { lossFeedbackLiteral } from '../../src/clip/loss-feedback-literal.js'
import { stream } from '../../src/core/random.js'
import { clipRuleSuite, hear } from '../suites/clip-rule.js'

clipRuleSuite('loss-feedback-literal', () => lossFeedbackLiteral())

test('× 1.1 when worse, × 0.9 when better, nothing when equal', () => {
  expect(hear(lossFeedbackLiteral({ tau0: 1 }), [1, 2, 2, 1, Number.NaN, 3]).taus).toBeAllClose([1, 1.1, 1.1, 0.99, 0.99, 1.089])
})

test('stays above 0 and finite where its factors would not', () => {
  const falling = Array.from({ length: 10 }, (_, i) => -i)
  const rising = Array.from({ length: 10 }, (_, i) => i)
  expect(hear(lossFeedbackLiteral({ down: 1e-100 }), falling).taus.at(-1)).toBe(2 ** -1022)
  expect(hear(lossFeedbackLiteral({ up: 1e100 }), rising).taus.at(-1)).toBe(Number.MAX_VALUE)
})

test('collapses on a random walk of 1,000 steps, where the safe form stays near τ₀', () => {
  const ends = [1, 2, 3, 4, 5].map((seed) => {
    const random = stream(seed, 'walk')
    let x = 0
    const walk = Array.from({ length: 1000 }, () => (x += random.next() < 0.5 ? 1 : -1))
    return { literal: hear(lossFeedbackLiteral({ tau0: 1 }), walk).taus.at(-1)!, safe: hear(lossFeedback({ tau0: 1 }), walk).taus.at(-1)! }
  })
  const geometric = Math.exp(ends.reduce((sum, { literal }) => sum + Math.log(literal) / ends.length, 0))
  expect(geometric).toBeLessThan(0.1) // expected: (1.1 · 0.9) ** 500 = 0.0066
  for (const { safe } of ends) expect(Math.abs(Math.log(safe))).toBeLessThan(Math.log(4))
})

test.each([
  [{ up: 0.9 }, 'loss-feedback-literal: up must be above 1, got 0.9'],
  [{ down: 1 }, 'loss-feedback-literal: down must be above 0 and below 1, got 1'],
])('refuses %j', (options, said) => {
  expect(() => lossFeedbackLiteral(options)).toThrow(said)
})
