import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { RunEvent } from '../../src/core/events.js'
import { lastOf, points } from '../../src/dashboard/series.js'
import { type DashboardState, initialState, reduce } from '../../src/dashboard/state.js'
import { anyEvent } from './any-event.js'
import { exampleRun } from './example-run.js'

const reduced = (events: Iterable<RunEvent>): DashboardState => {
  let state = initialState()
  for (const event of events) state = reduce(state, event)
  return state
}

describe('the reducer', () => {
  test('takes any events with any numbers in any order, and changes no earlier state', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 40 }), (events) => {
        let state = initialState()
        for (const event of events) {
          const before = JSON.stringify(state, withoutTails)
          const next = reduce(state, event)
          expect(JSON.stringify(state, withoutTails)).toBe(before)
          state = next
        }
        expect(Number.isFinite(state.step)).toBe(true)
      }),
    )
  })

  test('keeps its memory bounded over a long run with a flood of names and messages', () => {
    let state = reduced(exampleRun(0.01))
    const size = () => JSON.stringify(state, withoutTails).length
    const grow = (from: number, to: number) => {
      for (let i = from; i < to; i++) {
        state = reduce(state, { kind: 'episode', step: i, episode: i, env: 0, return: Math.sin(i), length: 9, end: 'truncated' })
        state = reduce(state, { kind: 'warning', step: i, message: `${i} ${'x'.repeat(500)}` })
        const metrics = { 'grad/tau': i, [`train/unknown${i}`]: i, [`grad/group/g${i}/tau`]: i }
        state = reduce(state, { kind: 'update', step: i, update: i, metrics })
      }
    }
    grow(0, 3000)
    const after3000 = size()
    grow(3000, 12_000)
    expect(size()).toBeLessThan(1.3 * after3000)
    expect(state.log.length).toBeLessThanOrEqual(50)
    expect(state.recent.length).toBe(100)
    expect(Object.keys(state.latest).length).toBeLessThanOrEqual(400)
  })

  test('reads a run', () => {
    const state = reduced(exampleRun())
    expect(state.run?.env).toBe('CartPole-v1')
    expect(state.step).toBe(100_000)
    expect(state.updates).toBe(391)
    expect(state.groups).toEqual(['actor', 'critic'])
    expect(state.layers).toEqual(['actor/hidden1', 'actor/hidden2', 'actor/output', 'critic/hidden1', 'critic/hidden2', 'critic/output'])
    expect(state.speed.now).toBeCloseTo(8123, 0)
    expect(state.evaluation).toMatchObject({ step: 100_000, episodes: 10 })
    expect(state.result?.status).toBe('done')
    expect(state.bestReturn).toBe(500)
    expect(state.log.map(({ level, message }) => `${level}: ${message}`)).toContain('warning: τ of the critic reached its upper bound 2')
    expect(state.log.filter(({ level }) => level === 'good').map(({ message }) => message)).toEqual([
      expect.stringMatching(/^solved: mean 475\.\d ≥ 475\.0$/),
    ])
  })
})

describe('single events', () => {
  const update = (metrics: Record<string, number | null>, step = 10): RunEvent => ({ kind: 'update', step, update: 1, metrics })
  const episode = (value: number, number = 1): RunEvent => ({
    kind: 'episode',
    step: number,
    episode: number,
    env: 0,
    return: value,
    length: 1,
    end: 'terminated',
  })

  test('the mean runs over the last 100 episodes', () => {
    const state = reduced(Array.from({ length: 150 }, (_, i) => episode(i, i + 1)))
    expect(lastOf(state.means)).toBeCloseTo(99.5, 9) // 50 … 149
  })

  test('a source of metrics alone still has a curve', () => {
    expect(points(reduced([update({ 'rollout/ep_rew_mean': 12 })]).means).map(({ mean }) => mean)).toEqual([12])
  })

  test('τ without a limit is no number, and its curve stays where it was', () => {
    const state = reduced([update({ 'grad/tau': 0.5 }), update({ 'grad/tau': null }, 20)])
    expect(state.latest['grad/tau']).toBe(null)
    expect(points(state.metrics['grad/tau']!)).toHaveLength(1)
  })

  test('the speed now follows the last update', () => {
    const at = (seconds: number, step: number) => update({ 'time/time_elapsed': seconds, 'time/fps': 1 }, step)
    expect(reduced([at(1, 100), at(2, 300)]).speed.now).toBe(200)
    expect(reduced([at(1, 100), at(2, 300), at(3, 900)]).speed.now).toBe(400) // half 200, half 600
    expect(reduced([at(2, 100), at(1, 300)]).speed.now).toBe(null) // a clock that ran backwards
  })

  test('a message that repeats is one line with a count', () => {
    const state = reduced([1, 2, 3].map((step): RunEvent => ({ kind: 'warning', step, message: 'again' })))
    expect(state.log).toEqual([{ step: 3, level: 'warning', message: 'again', times: 3 }])
  })

  test('foreign text cannot steer the terminal', () => {
    const [started] = [...exampleRun(0)]
    const evil = '\u001b[2J\u001b]0;x\u0007gone'
    const state = reduced([{ ...started, env: evil, clip: evil } as RunEvent, { kind: 'warning', step: 1, message: evil }])
    expect([state.run?.env, state.run?.clip, state.log[0]?.message]).toEqual(['gone', 'gone', 'gone'])
  })

  test('a metric called __proto__ is nobody', () => {
    const state = reduced([update(JSON.parse('{"__proto__": 1, "constructor": 2, "train/loss": 3}'))])
    expect(state.latest['train/loss']).toBe(3)
    expect(({} as Record<string, unknown>)['polluted']).toBe(undefined)
    expect(Object.getPrototypeOf(state.latest)).toBe(Object.prototype)
  })
})

/** The array behind a series may be longer than the series (series.ts). */
function withoutTails(_key: string, value: unknown): unknown {
  if (value === null || typeof value !== 'object' || !('complete' in value && 'size' in value)) return value
  const { complete, size } = value as { complete: unknown[]; size: number }
  return { ...value, complete: complete.slice(0, size) }
}
