/** The clipper against TensorFlow, Keras, optax, timm and PyTorch on the same gradients. */
import { describe, expect, test } from 'vitest'
import { createClip } from '../../src/clip/registry.js'
import type { ClipConfig } from '../../src/core/config/schema.js'
import { createClipper } from '../../src/optim/clipper.js'
import { type ClipCase, clipCases, clipInput, clipOutput } from '../support/clip-fixture.js'

const CONTEXT = { step: 0, learningRate: 1e-3 }
const NON_FINITE = ['nan', 'inf', 'neginf']
/** Finite, but their squares overflow float32: the libraries give zeros or NaN, we the right answer (robust_global_norm below). */
const OVERFLOW = ['over_1e20', 'over_2e19', 'over_max']

function clipped(config: ClipConfig, one: ClipCase) {
  const input = clipInput(one.in)
  const gradient = input.gradient.slice()
  const report = createClipper(createClip(config), input.layout).apply(gradient, input.weights, CONTEXT, input.absent)
  return { gradient, report, input, expected: clipOutput(one, input) }
}

interface Family {
  readonly lib: string
  readonly fn: string
  /** Cases of it that say the same as our rule; the others differ by design. */
  readonly config: (args: ClipCase['args']) => ClipConfig | null
  readonly rtol: number
  /** PyTorch divides by norm + 1e-6. */
  readonly torch?: true
  readonly elements?: true
}

const p = (norm: number) => (norm === 1 ? 'norm-1' : norm === 2 ? 'norm' : 'norm-inf')
const symmetric = ({ min, max }: ClipCase['args']): ClipConfig | null => (max === -min! ? { name: 'value', tau: max! } : null)

const FAMILIES: readonly Family[] = [
  { lib: 'tensorflow', fn: 'clip_by_global_norm', config: (a) => ({ name: 'global-norm', tau: a['clip_norm']! }), rtol: 2e-6 },
  {
    lib: 'optax',
    fn: 'clip_by_global_norm',
    config: (a) => (a['max_norm'] === 0 ? null : { name: 'global-norm', tau: a['max_norm']! }),
    rtol: 2e-6,
  },
  { lib: 'keras', fn: 'global_clipnorm', config: (a) => ({ name: 'global-norm', tau: a['global_clipnorm']! }), rtol: 2e-6 },
  {
    lib: 'tensorflow',
    fn: 'clip_by_norm',
    config: (a) => (a['axes'] === undefined ? { name: 'norm', tau: a['clip_norm']! } : null),
    rtol: 2e-6,
  },
  { lib: 'keras', fn: 'clipnorm', config: (a) => ({ name: 'norm', tau: a['clipnorm']! }), rtol: 2e-6 },
  {
    lib: 'torch',
    fn: 'clip_grad_norm_',
    config: ({ max_norm: tau = 0, norm_type: order = 2 }) => {
      if (!(tau > 0) || ![1, 2, Infinity].includes(order)) return null // τ ≤ 0 is refused here; there it zeroes or flips the gradient
      return tau === Infinity ? { name: 'none' } : { name: 'global-norm', tau, of: p(order) }
    },
    rtol: 3e-6,
    torch: true,
  },
  { lib: 'torch', fn: 'clip_grad_value_', config: (a) => ({ name: 'value', tau: a['clip_value']! }), rtol: 0, elements: true },
  { lib: 'optax', fn: 'clip', config: (a) => ({ name: 'value', tau: a['max_delta']! }), rtol: 0, elements: true },
  { lib: 'keras', fn: 'clipvalue', config: (a) => ({ name: 'value', tau: a['clipvalue']! }), rtol: 0, elements: true },
  { lib: 'tensorflow', fn: 'clip_by_value', config: symmetric, rtol: 0, elements: true },
  { lib: 'timm', fn: 'adaptive_clip_grad', config: (a) => ({ name: 'agc', lambda: a['clip_factor']!, eps: a['eps']! }), rtol: 1e-5 },
]

describe.each(FAMILIES)('$lib $fn', ({ lib, fn, config, rtol, torch, elements }) => {
  const comparable = clipCases(lib, fn).filter((one) => config(one.args) !== null)

  test('has cases to compare', () => {
    if (fn !== 'clip_by_value') expect(comparable.length).toBeGreaterThan(10)
  })

  test.each(comparable.filter((one) => !NON_FINITE.includes(one.in) && one.in !== 'empty' && (elements || !OVERFLOW.includes(one.in))))(
    '$in $args',
    (one) => {
      const { gradient, report, expected } = clipped(config(one.args)!, one)
      const largest = Math.max(...expected.map(Math.abs), 0)
      // an underflowing float32 norm leaves the library's gradient as it is, and so does a norm below the limit
      const slack = torch && report.groups[0] ? 1e-6 / Math.max(report.groups[0].normBefore, 1e-6) : 0
      expect(gradient).toBeAllClose(expected, rtol + slack, 1e-7 * largest)
      if (one.out.norm !== undefined && Number.isFinite(one.out.norm) && one.out.norm > 0)
        expect(report.groups[0]!.normBefore).toBeCloseTo(one.out.norm, 4 - Math.ceil(Math.log10(one.out.norm)))
    },
  )

  test.each(comparable.filter((one) => NON_FINITE.includes(one.in)))('$in: the step is skipped, where the library spreads NaN', (one) => {
    const { gradient, report, input } = clipped(config(one.args)!, one)
    expect(report.skipped).toBe(true)
    expect(report.nonFinite).toMatch(/^tensor-/)
    expect(gradient).toEqual(input.gradient)
  })
})

test.each(clipCases('rule', 'robust_global_norm'))('robust global norm: $in', (one) => {
  const { gradient, report, expected } = clipped({ name: 'global-norm', tau: one.args['max_norm']! }, one)
  expect(report.normBefore / one.out.norm!).toBeCloseTo(1, 6)
  expect(gradient).toBeAllClose(expected, 1e-6, 1e-30)
})
