import { describe, expect, test } from 'vitest'
import { type ScheduleOptions, schedule } from '../../src/clip/schedule.js'
import { clipRuleSuite, thresholds } from '../suites/clip-rule.js'

clipRuleSuite('schedule', () => schedule(2, { steps: 10, rise: 3 }), {
  scaleEquivariant: (s) => schedule(2 * s, { end: 0.1 * s, steps: 10, rise: 3 }),
})
clipRuleSuite('schedule in half a cosine', () => schedule(2, { kind: 'cosine', steps: 10 }), { scaleInvariant: true })
clipRuleSuite('schedule in steps', () => schedule(2, { kind: 'step', steps: 2 }))
clipRuleSuite('schedule in growing steps', () => schedule(2, { kind: 'step', steps: 2, factor: 100, end: 1e9 }))

/** τ of the steps 0 … n − 1. */
const taus = (n: number, tau: number, options: ScheduleOptions): number[] => thresholds(schedule(tau, options), Array(n).fill(1))

describe('each kind of schedule', () => {
  test.each([
    ['constant', {}, [4, 4, 4, 4, 4, 4]],
    ['linear', {}, [4, 3, 2, 1, 0, 0].map((x) => Math.max(x, 0) * 0.975 + 0.1)],
    ['cosine', {}, [4, 0.1 + (3.9 * (1 + Math.SQRT1_2)) / 2, 2.05, 0.1 + (3.9 * (1 - Math.SQRT1_2)) / 2, 0.1, 0.1]],
    ['step', { steps: 2 }, [4, 4, 2, 2, 1, 1]],
    ['step', { steps: 1, end: 1.5 }, [4, 2, 1.5, 1.5, 1.5, 1.5]],
    ['step', { steps: 1, factor: 2, end: 10 }, [4, 8, 10, 10, 10, 10]],
    ['until', {}, [4, 4, 4, 4, Infinity, Infinity]],
  ] as const)('%s %j', (kind, options, expected) => {
    expect(taus(6, 4, { kind, steps: 4, ...options })).toBeAllClose([...expected])
  })

  test('an end on the far side of τ stops nothing but the step away from it', () => {
    expect(taus(3, 4, { kind: 'step', steps: 1, end: 9 })).toEqual([4, 4, 4])
    expect(taus(3, 4, { kind: 'step', steps: 1, factor: 2, end: 1 })).toEqual([4, 4, 4])
  })

  test('a rise goes before it', () => {
    expect(taus(6, 2, { kind: 'step', steps: 1, rise: 2, riseFrom: 0.5 })).toEqual([1, 1.5, 2, 1, 0.5, 0.25])
  })
})

test.each([
  [{ steps: 0 }, 'schedule: steps must be at least 1, got 0'],
  [{ end: 0 }, 'schedule: end must be above 0, got 0'],
  [{ kind: 'exp' as 'step' }, 'schedule: kind must be one of constant, linear, cosine, step, until, got "exp"'],
])('refuses %j', (options, said) => {
  expect(() => schedule(1, options)).toThrow(said)
})
