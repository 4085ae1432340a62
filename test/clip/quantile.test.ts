import { describe, expect, test } from 'vitest'
import { type QuantileOptions, quantile } from '../../src/clip/quantile.js'
import { stream } from '../../src/core/random.js'
import { clipRuleSuite, stateAfter, thresholds } from '../suites/clip-rule.js'
import { fixture } from '../support/fixtures.js'

clipRuleSuite('quantile', () => quantile(), { scaleEquivariant: (s) => quantile({ tau0: 0.1 * s, min: 1e-6 * s }) })
clipRuleSuite('quantile in arithmetic steps', () => quantile({ kind: 'arithmetic', every: 3, eta: 0.5 }))

const after = (options: QuantileOptions, norms: readonly number[]): number =>
  stateAfter(quantile({ tau0: 1, every: norms.length, ...options }), norms).tau

describe('quantile (reference case R9)', () => {
  test.each([
    [{}, [2, 2, 2, 0.5], 1.0512711],
    [{ kind: 'arithmetic' }, [2, 2, 2, 0.5], 1.05],
    [{}, [2, 3, 4, 5], 1.10517092],
    [{}, [0.2, 0.3, 0.4, 1], 0.90483742],
    [{}, [0.5, 0.8, 1.5, 2], 1],
  ] as const)('%j after %j', (options, norms, tau) => {
    expect(after(options, norms)).toBeCloseTo(tau, 7)
  })
})

const { streams, stream_inputs: inputs } = fixture('clip')

test.each(
  streams.filter((s: { stream: string }) => s.stream === 'quantile') as {
    args: { kind: 'geometric' | 'arithmetic'; quantile: number; eta: number; C0: number }
    rows: number[][]
  }[],
)('follows the published rule over batches: $args', ({ args, rows }) => {
  const every = inputs.norm_batches[0].length
  const rule = quantile({ kind: args.kind, quantile: args.quantile, eta: args.eta, tau0: args.C0, every })
  const taus = inputs.norm_batches.map((_: unknown, i: number) => stateAfter(rule, inputs.norm_batches.slice(0, i + 1).flat()).tau)
  expect(taus).toBeAllClose(
    rows.map(([, tau]) => tau!),
    1e-9,
  )
})

test('in the long run the wanted share of norms is at most τ', () => {
  const random = stream(1, 'norms')
  const norms = Array.from({ length: 4000 }, () => 5 * Math.exp(random.normal()))
  const taus = thresholds(quantile({ quantile: 0.8, eta: 0.05 }), norms)
  const within = norms.slice(1000).filter((norm, i) => norm <= taus[i + 1000]!).length / 3000
  expect(within).toBeGreaterThan(0.77)
  expect(within).toBeLessThan(0.83)
})

test('neither zeros nor arithmetic steps lead below its least value', () => {
  expect(stateAfter(quantile({ kind: 'arithmetic', tau0: 0.15, eta: 1 }), [0, 0]).tau).toBe(1e-6)
  expect(stateAfter(quantile({ min: 0.01 }), Array(200).fill(0)).tau).toBe(0.01)
  expect(quantile({ tau0: 0.1, min: 0.5 }).init().tau).toBe(0.5)
})

test.each([
  [{ quantile: 1 }, 'quantile: quantile must be above 0 and below 1, got 1'],
  [{ eta: 0 }, 'quantile: eta must be above 0, got 0'],
  [{ tau0: -1 }, 'quantile: tau0 must be above 0, got -1'],
  [{ every: 0 }, 'quantile: every must be at least 1, got 0'],
])('refuses %j', (options, said) => {
  expect(() => quantile(options)).toThrow(said)
})
