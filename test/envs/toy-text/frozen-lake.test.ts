import { describe, expect, test } from 'vitest'
import { type EnvOptions, make } from '../../../envs/registry.js'
import { crossable, randomLake } from '../../../envs/toy-text/frozen-lake.js'
import { gymnasiumTrajectories } from '../../suites/env-fixture.js'
import { fixture } from '../../support/fixtures.js'

gymnasiumTrajectories('FrozenLake-v1')

describe('FrozenLake', () => {
  test('goes where the reference says, seed 42', () => {
    const env = make('FrozenLake')
    const [first] = env.reset({ seed: 42 })
    expect([first, ...[1, 2, 2, 1, 0, 1].map((action) => env.step(action)[0])]).toEqual([0, 4, 0, 0, 0, 4, 5])
  })

  test('pays what the schedule says', () => {
    const env = make('FrozenLake', { desc: ['SFG', 'HFF'], isSlippery: false, rewardSchedule: [5, -2, -0.5] })
    env.reset({ seed: 0 })
    expect([env.step(2), env.step(2)].map(([tile, reward, over]) => [tile, reward, over])).toEqual([
      [1, -0.5, false],
      [2, 5, true],
    ])
    env.reset()
    expect(env.step(1).slice(0, 3)).toEqual([3, -2, true])
  })

  test('steps after the end change nothing, and draw once as Gymnasium does', () => {
    const env = make('FrozenLake', { desc: ['SH', 'FG'], isSlippery: false })
    const twin = make('FrozenLake', { desc: ['SH', 'FG'], isSlippery: false })
    for (const one of [env, twin]) {
      one.reset({ seed: 0 })
      expect(one.step(2).slice(0, 3)).toEqual([1, 0, true])
    }
    expect(env.step(1)).toEqual([1, 0, true, false, { prob: 1 }])
    const random = (one: typeof env) => (one.unwrapped.save() as { readonly random: unknown }).random
    expect(random(env)).not.toEqual(random(twin))
    twin.reset() // one draw, too
    expect(random(env)).toEqual(random(twin))
  })

  test('slips as often as it says', () => {
    const env = make('FrozenLake', { desc: ['FFF', 'FSF', 'FFF'], successRate: 0.8 }, { maxEpisodeSteps: null })
    const counts = new Map<number, number>()
    env.reset({ seed: 0 })
    for (let i = 0; i < 5000; i++) {
      const [tile, , , , info] = env.step(2)
      counts.set(tile, (counts.get(tile) ?? 0) + 1)
      expect(info.prob).toBeCloseTo(tile === 5 ? 0.8 : 0.1, 12)
      env.reset()
    }
    expect(counts.get(5)! / 5000).toBeCloseTo(0.8, 1)
    expect(counts.get(1)! / 5000).toBeCloseTo(0.1, 1)
    expect(counts.get(7)! / 5000).toBeCloseTo(0.1, 1)
  })

  test.each([2, 5, 10, 16])('random lakes of size %i can be crossed', (size) => {
    for (let seed = 0; seed < 10; seed++) {
      const map = randomLake(size, { seed })
      expect(map.map((row) => row.length)).toEqual(new Array(size).fill(size))
      expect(crossable(map)).toBe(true)
      expect(randomLake(size, { seed })).toEqual(map)
    }
    if (size > 2) expect(randomLake(size, { seed: 0 })).not.toEqual(randomLake(size, { seed: 1 }))
  })

  test('random lakes are those of Gymnasium', () => {
    for (const { size, p, seed, map } of fixture('envs-options').maps) expect(randomLake(size, { frozen: p, seed })).toEqual(map)
  })

  test('a lake may be random by name, or by null as in Gymnasium; its seed chooses it', () => {
    const text = (options: EnvOptions) => {
      const env = make('FrozenLake', options)
      env.reset({ seed: 0 })
      return env.drawText!().replace(/[[\] ]/g, '')
    }
    expect(text({ mapName: 'random' })).toBe(randomLake(8).join('\n'))
    expect(text({ mapName: null, mapSeed: 5 })).toBe(randomLake(8, { seed: 5 }).join('\n'))
  })

  test('is drawn as text', () => {
    const env = make('FrozenLake', { isSlippery: false })
    env.reset({ seed: 0 })
    env.step(1)
    expect(env.drawText!()).toBe([' S  F  F  F ', '[F] H  F  H ', ' F  F  F  H ', ' H  F  F  G '].join('\n'))
  })

  test('a lake without a way is not crossable', () => {
    expect(crossable(['SHF', 'HHF', 'FFG'])).toBe(false)
  })

  test.each([
    [{ mapName: '5x5' }, 'FrozenLake: option mapName must be 4x4, 8x8 or random, got "5x5"'],
    [{ desc: ['SF', 'FFG'] }, 'FrozenLake: option desc must be rows of equal length'],
    [{ desc: ['FF', 'FG'] }, 'with at least one S, got ["FF","FG"]'],
    [{ desc: 'SFFG' }, 'FrozenLake: option desc must be rows'],
    [{ mapName: 8 }, 'FrozenLake: option mapName must be 4x4, 8x8 or random, got 8'],
    [{ mapName: 'random', mapSeed: -1 }, 'seed'],
    [{ successRate: 1.5 }, 'FrozenLake: option successRate must be from 0 to 1, got 1.5'],
    [{ rewardSchedule: [1, 0] }, 'FrozenLake: option rewardSchedule must be three numbers'],
  ])('refuses %o', (options, message) => {
    expect(() => make('FrozenLake', options)).toThrow(message)
  })
})
