import { describe, expect, test } from 'vitest'
import { make } from '../../../envs/registry.js'
import { gymnasiumTrajectories } from '../../suites/env-fixture.js'

gymnasiumTrajectories('CliffWalking-v1')
gymnasiumTrajectories('CliffWalkingSlippery-v1')

describe('CliffWalking', () => {
  test('the shortest way costs 13, one step too low costs 100 and leads back', () => {
    const env = make('CliffWalking')
    env.reset({ seed: 0 })
    expect(env.step(1)).toEqual([36, -100, false, false, { prob: 1 }])
    const way = [0, ...new Array<number>(11).fill(1), 2].map((action) => env.step(action))
    expect(way.map(([, reward]) => reward)).toEqual(new Array(13).fill(-1))
    expect(way.map(([, , terminated]) => terminated)).toEqual([...new Array(12).fill(false), true])
    expect(way.at(-1)![0]).toBe(47)
  })

  test('on slippery ground each of three ways is taken a third of the time, and never the way back', () => {
    const env = make('CliffWalkingSlippery')
    const counts = new Map<number, number>()
    const TIMES = 3000
    for (let i = 0; i < TIMES; i++) {
      env.reset(i === 0 ? { seed: 0 } : {})
      const saved = JSON.parse(JSON.stringify(env.save()))
      saved.env.state = [17, 1] // in the middle: row 1, column 5
      env.load(saved)
      const [tile, , , , info] = env.step(1)
      expect(info).toEqual({ prob: 1 / 3 })
      counts.set(tile, (counts.get(tile) ?? 0) + 1)
    }
    expect([...counts.keys()].sort((a, b) => a - b)).toEqual([5, 18, 29])
    for (const count of counts.values()) expect(count / TIMES).toBeCloseTo(1 / 3, 1)
  })

  test('is drawn as text', () => {
    const env = make('CliffWalking')
    env.reset({ seed: 0 })
    env.step(0)
    expect(env.drawText!()).toBe(
      [
        ` .  .  .  .  .  .  .  .  .  .  .  . `,
        ` .  .  .  .  .  .  .  .  .  .  .  . `,
        `[.] .  .  .  .  .  .  .  .  .  .  . `,
        ` S  C  C  C  C  C  C  C  C  C  C  G `,
      ].join('\n'),
    )
  })
})
