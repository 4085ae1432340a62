/**
 * Compared with what Gymnasium does (test/fixtures/box2d.json). Its physics computes in float32 and ours in float64: terrain is the same,
 * what moves is near, and the returns of a controller that closes the loop are near to the end.
 */
import { describe, expect, test } from 'vitest'
import '../../../envs/box2d/index.js'
import { walkerTerrain } from '../../../envs/box2d/bipedal-walker/terrain.js'
import { lunarTerrain } from '../../../envs/box2d/lunar-lander/terrain.js'
import { type EnvOptions, make } from '../../../envs/registry.js'
import { generator } from '../../../envs/seeding/generator.js'
import { fixture } from '../../support/fixtures.js'
import { episode } from './episode.js'
import { type Controller, landContinuous, landDiscrete } from './heuristics.js'

// biome-ignore lint/suspicious/noExplicitAny: fixture rows
type Row = any

const casesOf = (kind: string): Row[] => fixture('box2d').cases.filter((c: Row) => c.kind === kind)

describe('terrain is that of Gymnasium', () => {
  test.each<Row>(casesOf('terrain').filter(({ env }: Row) => env.startsWith('Lunar')))('$env, seed $seed', ({ env: id, ...c }) => {
    expect(heights(lunarTerrain(generator(c.seed)))).toEqual(c.surface)
    const env = make(id)
    expect([...env.reset({ seed: c.seed })[0]]).toBeAllClose(c.reset_obs, 0, 1e-6)
    // the second episode continues the stream, so its draws agree only if the first took as many
    expect([...env.reset()[0]]).toBeAllClose(c.next_reset_obs, 0, 1e-6)
  })

  test.each<Row>(casesOf('terrain').filter(({ env }: Row) => env.startsWith('Bipedal')))('$env, seed $seed', ({ env: id, ...c }) => {
    const { surface, blocks } = walkerTerrain(generator(c.seed), id.includes('Hardcore'))
    expect(heights(surface)).toBeAllClose(c.surface, 0, 1e-7)
    const extents = blocks.map((corners) => [...extent(corners.map(([x]) => x)), ...extent(corners.map(([, y]) => y))])
    expect(extents.length).toBe(c.blocks.length)
    expect(extents.flat()).toBeAllClose(c.blocks.flat(), 0, 1e-5)
    expect([...make(id).reset({ seed: c.seed })[0]]).toBeAllClose(c.reset_obs, 0, 1e-5)
  })
})

describe('the same actions lead where they lead in Gymnasium', () => {
  /** How far observations and rewards may be off, in the first ten steps and later: three to ten times what they are. */
  const TOLERANCE = {
    lander: { observation: [5e-6, 1e-3], reward: [5e-4, 2e-2] },
    walker: { observation: [5e-4, 5e-3], reward: [1e-3, 1e-3] },
  } as const

  test.each<Row>(casesOf('trajectory'))('$env, seed $seed, $actor, $kwargs', ({ env: id, ...c }) => {
    const tolerance = TOLERANCE[id.startsWith('Lunar') ? 'lander' : 'walker']
    const env = make(id, optionsOf(c.kwargs))
    expect([...env.reset({ seed: c.seed })[0]]).toBeAllClose(c.reset_obs, 0, 1e-5)
    c.actions.forEach((action: Row, t: number) => {
      const [observation, reward, terminated] = env.step(action)
      expect([...observation]).toBeAllClose(c.obs[t], 0, tolerance.observation[t < 10 ? 0 : 1])
      expect([reward]).toBeAllClose([c.rewards[t]], 0, tolerance.reward[t < 10 ? 0 : 1])
      expect(terminated).toBe(c.terminated[t])
    })
  })
})

describe('controllers written by hand', () => {
  test.each<[string, Controller<unknown>]>([
    ['LunarLander-v3', landDiscrete],
    ['LunarLanderContinuous-v3', landContinuous],
  ])('%s: as good as in Gymnasium, episode by episode', (id, controller) => {
    const c = casesOf('returns').find(({ env }) => env === id)
    const returns = c.seeds.map((seed: number) => episode(make(id), seed, controller).return) as number[]
    expect(returns[1]).toBeGreaterThan(100)
    expect(mean(returns)).toBeGreaterThan(200)
    const far = returns.filter((value, i) => Math.abs(value - c.returns[i]) > 1)
    expect(far.length, `returns ${returns} against ${c.returns}`).toBeLessThanOrEqual(c.seeds.length / 4)
  })
})

const heights = (surface: readonly (readonly [number, number])[]) => surface.map(([, y]) => y)
const extent = (values: readonly number[]) => [Math.min(...values), Math.max(...values)]
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length

/** Options in our spelling: `enable_wind` is `enableWind`. */
function optionsOf(kwargs: Readonly<Record<string, Row>>): EnvOptions {
  return Object.fromEntries(
    Object.entries(kwargs).map(([name, value]) => [name.replace(/_(\w)/g, (_, c: string) => c.toUpperCase()), value]),
  )
}
