import { describe, expect, test } from 'vitest'
import { fixed } from '../../src/clip/fixed.js'
import { learningRate } from '../../src/clip/learning-rate.js'
import { withCeiling, withFloor, withWarmup } from '../../src/clip/limits.js'
import { lossFeedback } from '../../src/clip/loss-feedback.js'
import { none } from '../../src/clip/none.js'
import { percentile } from '../../src/clip/percentile.js'
import { clipConfig, clipNames, createClip, parseClip } from '../../src/clip/registry.js'
import type { ClipRule } from '../../src/clip/rule.js'
import { clipRuleSuite, hear, stateAfter, thresholds } from '../suites/clip-rule.js'

clipRuleSuite('a rule with a floor', () => withFloor(percentile(50, { window: 5 }), 0.5))
clipRuleSuite('a rule that listens, with all limits', () => withWarmup(withCeiling(withFloor(lossFeedback(), 0.4), 0.6), 3, 2))

const median = percentile(50, { window: null })
const NORMS = [1, 3, 5, 0.5] // medians 1, 2, 3, 2

describe('limits on the τ of any rule', () => {
  test('floor and ceiling', () => {
    expect(thresholds(withFloor(median, 1.5), NORMS)).toEqual([1.5, 2, 3, 2])
    expect(thresholds(withCeiling(median, 2.5), NORMS)).toEqual([1, 2, 2.5, 2])
    expect(thresholds(withCeiling(none(), 2), [9])).toEqual([2])
  })

  test('a warm-up without a limit or with one, while the rule watches', () => {
    expect(thresholds(withWarmup(median, 2), NORMS)).toEqual([Infinity, Infinity, 3, 2])
    expect(thresholds(withWarmup(median, 3, 0.7), NORMS)).toEqual([0.7, 0.7, 0.7, 2])
    expect(thresholds(withWarmup(median, 0), NORMS)).toEqual([1, 2, 3, 2])
  })

  test('floor and ceiling hold after the warm-up, in whatever order they are put on', () => {
    const one = withFloor(withCeiling(withWarmup(median, 1, 9), 2.5), 2.2)
    const other = withWarmup(withCeiling(withFloor(median, 2.2), 2.5), 1, 9)
    expect(thresholds(one, NORMS)).toEqual([9, 2.2, 2.5, 2.2])
    expect(thresholds(other, NORMS)).toEqual(thresholds(one, NORMS))
    expect(other.config).toEqual(one.config)
    expect(one.name).toBe('percentile(50) ≥ 2.2 ≤ 2.5 from step 1')
  })

  test('given twice the tighter one counts; a second warm-up takes the place of the first', () => {
    expect(withFloor(withFloor(median, 2), 1).config).toMatchObject({ floor: 2 })
    expect(withCeiling(withCeiling(median, 2), 3).config).toMatchObject({ ceiling: 2 })
    expect(thresholds(withWarmup(withWarmup(median, 3), 1, 7), NORMS)).toEqual([7, 2, 3, 2])
  })

  test('the state is the rule’s own', () => {
    expect(stateAfter(withFloor(median, 9), NORMS)).toEqual(stateAfter(median, NORMS))
  })

  test('a rule that is a class keeps its methods', () => {
    class Mine implements ClipRule<number> {
      readonly name = 'mine'
      readonly needs = []
      private readonly step = 2
      init = () => 1
      threshold(state: number): number {
        return state * this.step
      }
      observe(state: number): number {
        return state * this.step
      }
      feedback(state: number): number {
        return state * this.step
      }
      explain(state: number): string {
        return `τ ${state * this.step}`
      }
    }
    const rule = withCeiling(new Mine(), 5)
    expect(thresholds(rule, [1, 1, 1])).toEqual([2, 4, 5])
    expect(hear(rule, [1]).taus).toEqual([4])
    expect(rule.explain!(4)).toBe('τ 8; in force ≤ 5')
    expect(rule.config).toBeUndefined()
  })

  test.each([
    [() => withFloor(median, 0), 'percentile(50): floor must be above 0, got 0'],
    [() => withCeiling(median, Number.NaN), 'percentile(50): ceiling must be above 0, got NaN'],
    [() => withCeiling(withFloor(median, 2), 1), 'percentile(50): floor must be at most ceiling, got 2 and 1'],
    [() => withWarmup(median, 1.5), 'percentile(50): warmupSteps must be a whole number, got 1.5'],
    [() => withWarmup(median, 1, -1), 'percentile(50): warmupTau must be above 0, got -1'],
  ])('refuses %#', (make, said) => {
    expect(make).toThrow(said)
  })
})

describe('as options of any clip', () => {
  test.each(clipNames())('%s takes them and gives them back', (name) => {
    const limits = { floor: 0.25, ceiling: 8, warmupSteps: 5, warmupTau: 2 }
    const saved = clipConfig(createClip({ name, ...limits }))
    expect(saved).toMatchObject({ name, ...limits })
    const again = createClip(JSON.parse(JSON.stringify(saved)))
    expect(clipConfig(again)).toEqual(saved)
    const { of, rule } = again
    const taus = thresholds(rule, [1e-3, 1e3, 1, 2, 3, 4, 1e9, 1e-9, 5])
    expect(taus.slice(0, 5), `${name} of ${of}`).toEqual(Array(5).fill(2))
    for (const tau of taus.slice(5)) {
      expect(tau).toBeGreaterThanOrEqual(0.25)
      expect(tau).toBeLessThanOrEqual(8)
    }
  })

  test('from a command line; null is as good as nothing', () => {
    expect(thresholds(createClip(parseClip('none:ceiling=2,warmupSteps=1')).rule, [1, 1])).toEqual([Infinity, 2])
    expect(clipConfig(createClip({ name: 'none', floor: null, warmupTau: null }))).toEqual(clipConfig(createClip({ name: 'none' })))
  })

  test('a rule with a floor of its own means the same by it', () => {
    const low = { step: 0, learningRate: 1e-9 }
    const rule = withFloor(learningRate(1, { floor: 0.1 }), 0.3)
    expect(rule.threshold(null, {} as never, low)).toBe(0.3)
    expect(rule.config).toMatchObject({ name: 'learning-rate', floor: 0.3 })
    expect(withFloor(learningRate(1, { floor: 0.1 }), 0.05).config).toMatchObject({ floor: 0.1 })
    expect(createClip({ name: 'learning-rate', floor: 0.3 }).rule.threshold(null, {} as never, low)).toBe(0.3)
  })

  test('nothing said, nothing changed', () => {
    expect(createClip({ name: 'fixed' }).rule.name).toBe(fixed(0.5).name)
  })

  test.each([
    [{ floor: 0 }, 'clip "global-norm": floor must be above 0, got 0'],
    [{ floor: 2, ceiling: 1 }, 'floor must be at most ceiling, got 2 and 1'],
    [{ warmupTau: 2 }, 'clip "global-norm": warmupTau needs warmupSteps'],
    [{ warmupStep: 2 }, 'Did you mean "warmupSteps"'],
    [{ warmupSteps: 0.5 }, 'warmupSteps must be a whole number, got 0.5'],
  ])('refuses %j', (options, said) => {
    expect(() => createClip({ name: 'global-norm', ...options })).toThrow(said)
  })
})
