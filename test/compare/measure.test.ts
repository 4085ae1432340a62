import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { measureRun, runningMean } from '../../src/compare/measure.js'
import { fakeEpisodes, fakeResult } from './fake-run.js'

/** Episodes of 10 steps with these returns. */
const measured = (returns: readonly number[], over = {}, threshold: number | null = null) =>
  measureRun({ result: fakeResult({ seed: 1, returns }), episodes: fakeEpisodes(returns), metrics: [], ...over }, threshold)

const returnsOf = fc.array(fc.integer({ min: -500, max: 500 }), { minLength: 1, maxLength: 250 })

describe('measureRun', () => {
  test('area and dip lie within the range of the learning curve, the end on it', () => {
    fc.assert(
      fc.property(returnsOf, (returns) => {
        const curve = runningMean(fakeEpisodes(returns)).map(({ value }) => value)
        const { area, lateDip, finalReturn } = measured(returns)
        expect(finalReturn).toBe(curve.at(-1))
        expect(area!).toBeGreaterThanOrEqual(Math.min(...curve) - 1e-9)
        expect(area!).toBeLessThanOrEqual(Math.max(...curve) + 1e-9)
        expect(lateDip!).toBeGreaterThanOrEqual(Math.min(...curve))
        expect(lateDip!).toBeLessThanOrEqual(finalReturn!)
      }),
    )
  })

  test('the final return is the mean of the last 100 episodes, or of all there are', () => {
    expect(measured([...Array(50).fill(0), ...Array(100).fill(7)]).finalReturn).toBe(7)
    expect(measured([1, 2, 6]).finalReturn).toBe(3)
  })

  test('the area is the mean over steps, not over episodes', () => {
    const episodes = [
      { step: 10, return: 0 },
      { step: 20, return: 6 }, // R = 3 from step 20 on
    ]
    // The run goes on to step 50: R is 0 for 10 steps and 3 for 30; (0·10 + 3·30) / 40 = 2.25
    expect(measured([], { episodes, result: { ...fakeResult({ seed: 1, returns: [] }), steps: 50 } }).area).toBe(2.25)
  })

  test('a run that was solved early stays where it was until its planned end; others do not', () => {
    const episodes = [
      { step: 10, return: 0 },
      { step: 20, return: 6 },
    ]
    const result = { ...fakeResult({ seed: 1, returns: [] }), steps: 30 }
    expect(measured([], { episodes, result, totalSteps: 50 }).area).toBe(1.5) // (0·10 + 3·10) / 20
    expect(measured([], { episodes, result: { ...result, status: 'solved' }, totalSteps: 50 }).area).toBe(2.25)
  })

  test('the late dip looks at the second half only, the value in force at its beginning included', () => {
    const early = [...Array(100).fill(-9), ...Array(300).fill(5)] // 4,000 steps; from step 2,000 on R = 5
    expect(measured(early).lateDip).toBe(5)
    const episodes = [
      { step: 10, return: 2 }, // in force at step 50
      { step: 90, return: 4 },
    ]
    expect(measured([], { episodes, result: { ...fakeResult({ seed: 1, returns: [] }), steps: 100 } }).lateDip).toBe(2)
  })

  test('the threshold needs 100 episodes', () => {
    const lucky = [500, ...Array(99).fill(10), ...Array(100).fill(20)]
    expect(measured(lucky, {}, 100).stepsToThreshold).toBeNull() // one lucky episode is no mean of 100
    // After episode 100 + k the window holds 100 − k tens and k twenties: R = 10 + k/10, which is 15 at episode 150
    expect(measured([...Array(100).fill(10), ...Array(100).fill(20)], {}, 15).stepsToThreshold).toBe(1500)
    expect(measured(lucky, {}, null).stepsToThreshold).toBeNull()
  })

  test('clip rate is a mean over updates, τ and skips are those of the last one', () => {
    const metrics = [
      { 'grad/clip_rate': 0.5, 'grad/tau': 1, 'grad/skipped': 0 },
      { 'grad/clip_rate': null, 'grad/tau': null, 'grad/skipped': 2 },
      { 'grad/clip_rate': 0.1, 'grad/tau': 0.25, 'grad/skipped': 3 },
    ]
    expect(measured([1], { metrics })).toMatchObject({ clipRate: 0.3, finalTau: 0.25, skipped: 3 })
  })

  test('a run without an episode has no return, and says so', () => {
    expect(measured([])).toMatchObject({ finalReturn: null, area: null, lateDip: null, episodes: 0, clipRate: null, finalTau: null })
  })
})
