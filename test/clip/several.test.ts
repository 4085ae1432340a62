import { describe, expect, test } from 'vitest'
import { fixed } from '../../src/clip/fixed.js'
import { lossFeedback } from '../../src/clip/loss-feedback.js'
import { meanStd } from '../../src/clip/mean-std.js'
import { none } from '../../src/clip/none.js'
import { percentile } from '../../src/clip/percentile.js'
import { clipConfig, createClip, parseClip } from '../../src/clip/registry.js'
import type { ClipRule } from '../../src/clip/rule.js'
import { loosest, tightest } from '../../src/clip/several.js'
import { zscore } from '../../src/clip/zscore.js'
import { clipRuleSuite, hear, stateAfter, thresholds } from '../suites/clip-rule.js'

clipRuleSuite('tightest', () => tightest([percentile(50, { window: 5 }), fixed(1), lossFeedback()]))
clipRuleSuite('loosest', () => loosest([percentile(50, { window: 5 }), zscore({ warmup: 3 })]))
clipRuleSuite('tightest of element rules', () => tightest([meanStd(1, { over: 'magnitude' }), meanStd(1)]), { scaleEquivariant: true })

const median = percentile(50, { window: null })

describe('tightest and loosest', () => {
  const norms = [1, 3, 5, 0.5]

  test('are the smallest and the largest of the thresholds', () => {
    expect(thresholds(median, norms)).toEqual([1, 2, 3, 2])
    expect(thresholds(tightest([median, fixed(2.5)]), norms)).toEqual([1, 2, 2.5, 2])
    expect(thresholds(loosest([median, fixed(2.5)]), norms)).toEqual([2.5, 2.5, 3, 2.5])
  })

  test('no limit is the neutral one of tightest, and order does not matter', () => {
    expect(thresholds(tightest([none(), median]), norms)).toEqual(thresholds(median, norms))
    expect(thresholds(loosest([none(), median]), norms)).toEqual(Array(4).fill(Infinity))
    expect(thresholds(tightest([fixed(2.5), median]), norms)).toEqual(thresholds(tightest([median, fixed(2.5)]), norms))
  })

  test('each rule keeps the state that it would have alone', () => {
    expect(stateAfter(tightest([median, fixed(0.1)]), norms)).toEqual([stateAfter(median, norms), null])
  })

  test('a signal reaches those that listen, and they say what they did', () => {
    const rule = tightest([fixed(9), lossFeedback({ decay: 0, rtol: 0, leak: 0 })])
    expect(rule.listensTo).toBe('loss')
    const { taus, state } = hear(rule, [1, 2])
    expect(taus[1]).toBeCloseTo(0.55, 12)
    expect(rule.explain!(state)).toBe('loss-feedback(loss) τ 0.55 up: loss 1 → 2, worse')
    expect(tightest([fixed(1)]).feedback).toBeUndefined()
  })

  test('ask for what any of them needs', () => {
    expect(tightest([fixed(1), meanStd(1, { over: 'history' })]).needs).toEqual([])
    expect(tightest([meanStd(1), meanStd(1, { over: 'magnitude' })]).needs).toEqual(['mean', 'std', 'meanAbs'])
    const { needs: _, ...all } = fixed(1)
    expect(tightest([all, fixed(2)]).needs).toBeUndefined()
  })

  test('requests to the optimiser add up', () => {
    const asks = (resetMoments: boolean, rate: number): ClipRule => ({ ...fixed(1), request: () => ({ resetMoments, rate }) })
    const rule = tightest([asks(true, 0.5), fixed(1), asks(false, 0.5)])
    expect(rule.request!({ step: 0, learningRate: 1 })).toEqual({ resetMoments: true, rate: 0.25 })
    expect(tightest([fixed(1)]).request).toBeUndefined()
  })

  test('a rule of the caller’s own leaves no configuration', () => {
    const { config: _, ...own } = fixed(1)
    expect(tightest([own, fixed(1)]).config).toBeUndefined()
  })

  test.each([
    [[], 'tightest: rules must hold at least one rule'],
    [[fixed(1), meanStd(1)], 'rules must agree in what they bound: fixed(1) has "norm", mean-std(1, element) "element"'],
    [[lossFeedback(), lossFeedback({ signal: 'kl' })], 'rules must agree in the signal they listen to'],
    [[{ ...fixed(1), yardstick: () => 1 }, fixed(1)], 'measures in units of its own'],
    [[{ ...fixed(1), measures: 'loss' as const }, fixed(1)], 'rules must agree in what they measure'],
  ])('refuses what cannot share a gradient: %#', (rules, said) => {
    expect(() => tightest(rules)).toThrow(said)
  })
})

describe('by name', () => {
  test('names with | between them', () => {
    const { rule } = createClip(parseClip('tightest:rules=zclip|percentile'))
    expect(rule.name).toBe('tightest(zscore(2.5), percentile(90))')
  })

  test('a list with options, presets among them, limits and rules within rules', () => {
    const inner = { name: 'loosest', rules: ['global-norm', { name: 'autoclip', ceiling: 4 }] }
    const clip = createClip({ name: 'tightest', rules: [{ name: 'fixed', tau: 3 }, inner], per: 'layer' })
    expect(clip.per).toBe('layer')
    expect(thresholds(clip.rule, [0.1, 9, 9, 9])).toBeAllClose([0.5, 0.99, 1.88, 2.77].map((tau) => Math.min(tau, 3)))
    const again = createClip(JSON.parse(JSON.stringify(clipConfig(clip))))
    expect(clipConfig(again)).toEqual(clipConfig(clip))
    expect(thresholds(again.rule, [0.1, 9, 9, 9])).toEqual(thresholds(clip.rule, [0.1, 9, 9, 9]))
  })

  test('rules that listen hear the signal of the whole, unless they name one', () => {
    expect(createClip({ name: 'tightest', rules: ['loss-feedback', 'fixed'], signal: 'kl' }).rule.listensTo).toBe('kl')
    const named = { name: 'loss-feedback', signal: 'return' }
    expect(createClip({ name: 'tightest', rules: [named, 'fixed'], signal: 'kl' }).rule.listensTo).toBe('return')
  })

  test.each([
    [{ rules: [] }, 'rules must be a list of rules, got []'],
    [{ rules: 3 }, 'rules must be a list of rules, got 3'],
    [{ rules: [3] }, 'rules must hold names, or objects with a name and options, got 3'],
    [{ rules: ['zclipp'] }, 'unknown clip "zclipp". Did you mean "zclip"'],
    [{ rules: [{ name: 'fixed', taw: 1 }] }, 'clip "tightest": "fixed" has no option "taw". Did you mean "tau"'],
    [{ rules: [{ name: 'fixed', per: 'layer' }] }, 'clip "tightest": "fixed" has no option "per"'],
  ])('refuses %j', (options, said) => {
    expect(() => createClip({ name: 'tightest', ...options } as never)).toThrow(said)
  })
})
