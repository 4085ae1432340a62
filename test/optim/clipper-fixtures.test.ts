/** The clipper against TensorFlow, Keras, optax, timm and PyTorch on the same gradients. */
import { describe, expect, test } from 'vitest'
import { createClip } from '../../src/clip/registry.js'
import type { ClipConfig } from '../../src/core/config/schema.js'
import { createClipper } from '../../src/optim/clipper.js'
import { allCases, type ClipCase, clipCases, clipInput, clipOutput } from '../support/clip-fixture.js'

const CONTEXT = { step: 0, learningRate: 1e-3 }
const NON_FINITE = ['nan', 'inf', 'neginf']
/** Finite, but their squares overflow float32: the libraries give zeros or NaN, we the right answer (robust_global_norm below). */
const OVERFLOW = ['over_1e20', 'over_2e19', 'over_max']

/** As the library has it; a clip of stage update is carried out on the same array. */
function clipped(config: ClipConfig, one: ClipCase) {
  const input = clipInput(one.in)
  const gradient = input.gradient.slice()
  const report = createClipper(createClip(config), input.layout).apply(gradient, input.weights, CONTEXT, { absent: input.absent })
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
  {
    lib: 'timm',
    fn: 'adaptive_clip_grad',
    config: (a) => ({ name: 'agc', lambda: a['clip_factor']!, eps: a['eps']!, except: [] }),
    rtol: 1e-5,
  },
]

type Fate = 'compared' | 'skipped here' | 'right here' | 'no such clip here'

/** What becomes of a case. Every one of the fixture has a fate; the last test counts them. */
function fateOf(one: ClipCase): Fate {
  if (one.fn === 'robust_global_norm' || isPerUnit(one)) return 'compared'
  const family = FAMILIES.find(({ lib, fn }) => lib === one.lib && fn === one.fn)
  if (!family || family.config(one.args) === null) return 'no such clip here'
  if (NON_FINITE.includes(one.in)) return 'skipped here'
  return OVERFLOW.includes(one.in) && !family.elements && one.dtype !== 'float64' ? 'right here' : 'compared'
}

const isPerUnit = ({ lib, fn, args }: ClipCase) => lib === 'tensorflow' && fn === 'clip_by_norm' && String(args['axes']) === '0'

describe.each(FAMILIES)('$lib $fn', ({ lib, fn, config, rtol, torch }) => {
  const of = (fate: Fate) => clipCases(lib, fn).filter((one) => fateOf(one) === fate && !isPerUnit(one))

  test.each(of('compared'))('$in $dtype $args', (one) => {
    const { gradient, report, expected } = clipped(config(one.args)!, one)
    const largest = Math.max(...expected.map(Math.abs), 0)
    const norm = report.groups[0]?.normBefore ?? 0 // no group where there is no tensor
    // an underflowing float32 norm leaves the library's gradient as it is, and so does a norm below the limit
    const slack = torch ? 1e-6 / Math.max(norm, 1e-6) : 0
    expect(gradient).toBeAllClose(expected, rtol + slack, 1e-7 * largest)
    if (one.out.norm !== undefined && Number.isFinite(one.out.norm) && one.out.norm > 0) expect(norm / one.out.norm).toBeCloseTo(1, 5)
  })

  test.each(of('skipped here'))('$in $args: the step is skipped, where the library spreads NaN or raises', (one) => {
    const { gradient, report, input } = clipped(config(one.args)!, one)
    expect(report.skipped).toBe(true)
    expect(report.nonFinite).toMatch(/^tensor-/)
    expect(gradient).toEqual(input.gradient)
  })

  test.each(of('right here'))('$in $args: clipped to τ, where float32 squares overflow in the library', (one) => {
    const { gradient, report, input } = clipped(config(one.args)!, one)
    for (const { normBefore, normAfter, tau } of report.groups) expect(normAfter / Math.min(normBefore, tau)).toBeCloseTo(1, 6)
    const [before, after] = [Math.hypot(...input.gradient), Math.hypot(...gradient)]
    expect([report.normBefore, report.normAfter]).toBeAllClose([before, after], 1e-6)
    const along = gradient.reduce((sum, g, i) => sum + (g / after) * (input.gradient[i]! / before), 0)
    if (report.groups.length === 1) expect(along).toBeCloseTo(1, 6)
  })
})

test.each(clipCases('tensorflow', 'clip_by_norm').filter(isPerUnit))('per unit: clip_by_norm over all axes but the last', (one) => {
  const { gradient } = clipped({ name: 'norm', tau: one.args['clip_norm']!, per: 'unit' }, one)
  const { data } = one.out.grads[0]!
  expect(gradient.subarray(0, data.length)).toBeAllClose(data, 2e-6)
})

test.each(clipCases('rule', 'robust_global_norm'))('robust global norm: $in', (one) => {
  const { gradient, report, expected } = clipped({ name: 'global-norm', tau: one.args['max_norm']! }, one)
  expect(report.normBefore / one.out.norm!).toBeCloseTo(1, 6)
  expect(gradient).toBeAllClose(expected, 1e-6, 1e-30)
})

describe('every one of the 270 cases has its fate', () => {
  const count = (of: readonly ClipCase[], key: (one: ClipCase) => string) => {
    const counts: Record<string, number> = {}
    for (const one of of) counts[key(one)] = (counts[key(one)] ?? 0) + 1
    return counts
  }

  test('and none is passed over in silence', () => {
    expect(count(allCases, fateOf)).toEqual({ compared: 159, 'skipped here': 41, 'right here': 22, 'no such clip here': 48 })
  })

  test('what has no counterpart', () => {
    const left = allCases.filter((one) => fateOf(one) === 'no such clip here')
    expect(count(left, ({ lib, fn }) => `${lib} ${fn}`)).toEqual({
      'torch clip_grad_norm_': 3, // τ of 0 and −1, refused here; the norm of order 3
      'tensorflow clip_by_norm': 1, // over the last axis alone
      'tensorflow clip_by_value': 15, // bounds that are not symmetric
      'keras constructor': 1, // two clips at once
      'optax clip_by_global_norm': 1, // τ = 0
      'optax clip_by_block_rms': 14,
      'optax adaptive_grad_clip': 1, // rank 3 over its first axis alone
      'optax per_example_global_norm_clip': 8, // needs a gradient of each example
      'optax per_example_layer_norm_clip': 4,
    })
  })
})
