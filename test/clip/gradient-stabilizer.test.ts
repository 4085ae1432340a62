import { expect, test } from 'vitest'
import { gradientStabilizer } from '../../src/clip/gradient-stabilizer.js'
import { createClip } from '../../src/clip/registry.js'
import { clipRuleSuite, stateAfter, thresholds } from '../suites/clip-rule.js'
import { fixture } from '../support/fixtures.js'

clipRuleSuite('gradient-stabilizer', () => gradientStabilizer(), { scaleInvariant: true })
clipRuleSuite('gradient-stabilizer without memory', () => gradientStabilizer({ gamma1: 0, gamma2: 0 }), { scaleInvariant: true })

test('a spike comes out bounded, and the step after it too small (reference case R21)', () => {
  expect(thresholds(gradientStabilizer(), [1, 1, 1, 50, 1])).toBeAllClose([1, 1, 1, 0.754197, 0.569936], 2e-6)
})

test('the size of a spike does not matter', () => {
  const lengths = [1e3, 1e6, 1e12].map((spike) => thresholds(gradientStabilizer(), [1, 1, 1, spike]).at(-1)!)
  expect(lengths[1]).toBeCloseTo(lengths[0]!, 2)
  expect(lengths[2]).toBeCloseTo(lengths[1]!, 5)
})

test('follows the published rule over a long stream', () => {
  const { streams, stream_inputs: inputs } = fixture('clip')
  const { args, rows } = streams.find((s: { stream: string }) => s.stream === 'adagn')
  const norms = inputs.norms.filter((norm: number) => norm > 0)
  const rule = gradientStabilizer({ gamma1: args.gamma1, gamma2: args.gamma2, eps: args.eps })
  expect(thresholds(rule, norms)).toBeAllClose(
    rows.map(([norm]: number[]) => norm),
    1e-9,
  )
})

test('a zero gradient leaves the averages alone', () => {
  expect(thresholds(gradientStabilizer(), [0, 0])).toEqual([Infinity, Infinity])
  expect(stateAfter(gradientStabilizer(), [1, 2, 0, 0])).toEqual(stateAfter(gradientStabilizer(), [1, 2]))
})

test('as a preset it gives every gradient of a tensor its length', () => {
  expect(createClip({ name: 'gradient-stabilizer' })).toMatchObject({ per: 'tensor', shape: 'normalize', of: 'norm' })
})

test.each([
  [{ gamma1: 1 }, 'gradient-stabilizer: gamma1 must be at least 0 and below 1, got 1'],
  [{ gamma2: -0.1 }, 'gradient-stabilizer: gamma2 must be at least 0 and below 1, got -0.1'],
  [{ eps: 0 }, 'gradient-stabilizer: eps must be above 0, got 0'],
])('refuses %j', (options, said) => {
  expect(() => gradientStabilizer(options)).toThrow(said)
})
