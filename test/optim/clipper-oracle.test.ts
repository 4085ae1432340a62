/** The clipper, rules and all, against a slow one written from the definitions, over long courses with spikes, zeros and absent gradients. */
import { describe, expect, test } from 'vitest'
import { CLIP_OF, CLIP_PER, CLIP_SHAPES } from '../../src/clip/clip.js'
import { createClip } from '../../src/clip/registry.js'
import type { ClipConfig } from '../../src/core/config/schema.js'
import { type RandomStream, stream } from '../../src/core/random.js'
import { createClipper } from '../../src/optim/clipper.js'
import { layout } from '../../src/optim/layout.js'
import { feedbackTau, meanPlus, numpyPercentile, oracle, type Threshold, total } from '../support/clip-oracle.js'

/** Ranks 0 to 4, axes of length 1, a layer whose tensors do not lie side by side; names that give no hint of the layer. */
const TABLE = layout([
  { name: 'k0', shape: [3, 4], network: 'actor', layer: 'A' },
  { name: 'conv', shape: [2, 2, 1, 3], network: 'critic', layer: 'C' },
  { name: 'b0', shape: [4], network: 'actor', layer: 'A' },
  { name: 'scale', shape: [], network: 'actor', layer: 'S' },
  { name: 'row', shape: [1, 5], network: 'critic', layer: 'C' },
  { name: 'column', shape: [5, 1], network: 'critic', layer: 'D' },
  { name: 'w1', shape: [2, 3, 2], network: 'actor', layer: 'D' },
])

interface Rule {
  readonly config: ClipConfig
  readonly threshold: Threshold
  readonly elements?: true
  /** The signal that it hears. */
  readonly signal?: string
}

const last = (values: readonly number[], n: number) => (n === 0 ? [] : values.slice(-n))
const magnitudes = (values: readonly number[]) => values.map(Math.abs)
const feedback = { tau0: 0.5, up: 1.1, decay: 0.9, rtol: 0.05, leak: 0.1, min: 0.125, max: 2, higherIsBetter: false }

const RULES: readonly Rule[] = [
  { config: { name: 'none' }, threshold: () => Infinity },
  { config: { name: 'fixed', tau: 0.7 }, threshold: () => 0.7 },
  { config: { name: 'learning-rate', c: 500, floor: 0.02 }, threshold: ({ learningRate }) => Math.max(500 * learningRate, 0.02) },
  { config: { name: 'relative-to-weights', lambda: 0.1 }, threshold: ({ weights }) => 0.1 * Math.max(Math.hypot(...weights), 1e-3) },
  {
    config: { name: 'mean-std', over: 'element', k: 0.5, floor: 0.01 },
    threshold: ({ gradient }) => Math.max(meanPlus(0.5, gradient), 0.01),
    elements: true,
  },
  {
    config: { name: 'mean-std', over: 'magnitude', k: 1 },
    threshold: ({ gradient }) => Math.max(meanPlus(1, magnitudes(gradient)), 1e-6),
    elements: true,
  },
  {
    config: { name: 'mean-std', over: 'history', k: 1.5, window: 7, ddof: 1, floor: 0.2 },
    threshold: ({ norms }) => (norms.length < 2 ? Infinity : Math.max(meanPlus(1.5, last(norms, 7), 1), 0.2)),
  },
  { config: { name: 'autoclip', p: 35 }, threshold: ({ norms, norm }) => numpyPercentile([...norms, norm], 35) },
  {
    config: { name: 'percentile', p: 80, window: 6, max: 3 },
    threshold: ({ norms, norm }) => Math.min(numpyPercentile([...last(norms, 5), norm], 80), 3),
  },
  {
    config: { name: 'percentile', p: 60, window: 5, counts: 'previous' },
    threshold: ({ norms }) => (norms.length < 5 ? Infinity : numpyPercentile(last(norms, 5), 60)),
  },
  { config: { name: 'loss-feedback', signal: 'loss' }, threshold: ({ signals }) => feedbackTau(feedback, signals), signal: 'loss' },
  {
    config: { name: 'loss-feedback', up: 1.5, decay: 0, rtol: 0.01, leak: 0.02, min: 0.3, max: 0.9 },
    threshold: ({ signals }) =>
      feedbackTau({ ...feedback, up: 1.5, decay: 0, rtol: 0.01, leak: 0.02, min: 0.3, max: 0.9, higherIsBetter: true }, signals),
    signal: 'return',
  },
  {
    config: { name: 'loss-feedback-literal', tau0: 1 },
    threshold: ({ signals }) => {
      const heard = signals.filter(Number.isFinite)
      return heard.reduce((tau, x, i) => tau * (i === 0 || x === heard[i - 1] ? 1 : x < heard[i - 1]! ? 0.9 : 1.1), 1)
    },
    signal: 'loss',
  },
]

interface Step {
  readonly gradient: Float32Array
  readonly weights: Float32Array
  readonly absent: ReadonlySet<string>
  readonly learningRate: number
  readonly signal: { readonly name: string; readonly value: number }
}

/** Norms drift and spike, up to 1e25; tensors are zero or absent now and then. */
function course(steps: number, random: RandomStream): Step[] {
  return Array.from({ length: steps }, (_, t) => {
    const size = random.below(40) === 0 ? 1e25 : Math.exp(random.normal()) * (t > steps / 2 ? 0.3 : 1)
    const gradient = Float32Array.from({ length: TABLE.size }, () => size * random.normal())
    const absent = new Set<string>()
    for (const { name, offset, size } of TABLE.slots) {
      const draw = random.below(12)
      if (draw < 2) gradient.fill(0, offset, offset + size)
      if (draw === 0) absent.add(name)
    }
    if (random.below(25) === 0) gradient.fill(0)
    return {
      gradient,
      weights: Float32Array.from({ length: TABLE.size }, () => (random.below(9) === 0 ? 0 : random.normal())),
      absent,
      learningRate: 3e-3 * (1 - t / steps),
      signal: {
        name: random.below(2) ? 'loss' : 'return',
        value: random.below(10) === 0 ? Number.NaN : Math.round(random.normal() * 20) / 10,
      },
    }
  })
}

type Words = Required<Pick<ReturnType<typeof createClip>, 'of' | 'per' | 'shape'>>

function compare({ config, threshold, signal }: Rule, words: Words, steps: number): void {
  const clipper = createClipper(createClip({ ...config, ...words }), TABLE)
  const slow = oracle({ ...words, threshold }, TABLE)
  for (const one of course(steps, stream(steps, JSON.stringify([config, words])))) {
    const got = one.gradient.slice()
    const report = clipper.apply(got, one.weights, { step: 0, learningRate: one.learningRate }, { absent: one.absent })
    const want = slow.step([...one.gradient], [...one.weights], one.learningRate, one.absent)
    expect(got).toBeAllClose(want.gradient, 1e-6, 1e-30)

    const groups = report.groups.filter(({ name }) => want.groups.some((group) => group.name === name))
    expect(groups.map(({ name }) => name)).toEqual(want.groups.map(({ name }) => name))
    for (const key of ['tau', 'normBefore', 'normAfter'] as const)
      expect(groups.map((group) => group[key])).toBeAllClose(
        want.groups.map((group) => group[key]),
        1e-9,
        1e-30,
      )
    expect([report.normBefore, report.normAfter]).toBeAllClose([Math.hypot(...one.gradient), Math.hypot(...want.gradient)], 1e-6, 1e-30)
    // a group whose norm is the percentile itself is on the edge: rounding decides
    if (words.of !== 'element' && want.groups.every(({ tau, normBefore: n }) => Math.abs(n - tau) > 1e-9 * n)) {
      const over = want.groups.map(({ tau, normBefore }) => Number(normBefore > tau))
      expect(report.clipRate).toBeCloseTo(over.length === 0 ? 0 : total(over) / over.length, 12)
      expect(groups.map(({ clipped }) => Number(clipped))).toEqual(over)
    }
    // what had no gradient met nothing in this step
    const waiting = report.groups.filter((group) => !groups.includes(group))
    expect(waiting.some(({ normBefore, normAfter, clipped }) => normBefore !== 0 || normAfter !== 0 || clipped)).toBe(false)

    clipper.feedback(one.signal)
    if (one.signal.name === signal) slow.hear(one.signal.value)
  }
}

describe.each(RULES.map((rule) => [JSON.stringify(rule.config), rule] as const))('%s equals its definition', (_name, rule) => {
  test('of, per and shape in every way', () => {
    for (const of of rule.elements ? (['element'] as const) : CLIP_OF)
      for (const per of CLIP_PER)
        for (const shape of CLIP_SHAPES) if (shape !== 'rescale' || of === 'element') compare(rule, { of, per, shape }, 12)
  })

  test('per layer, over 300 steps', () => {
    compare(rule, { of: rule.elements ? 'element' : 'norm', per: 'layer', shape: 'hard' }, 300)
  })
})
