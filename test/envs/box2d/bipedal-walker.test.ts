/** BipedalWalker: its ground, lidar, motors, reward and ends. Equality with Gymnasium is in gymnasium.test.ts. */
import { describe, expect, test } from 'vitest'
import { RAYS } from '../../../envs/box2d/bipedal-walker/lidar.js'
import { effort, potential } from '../../../envs/box2d/bipedal-walker/reward.js'
import { LENGTH, STEP, walkerTerrain } from '../../../envs/box2d/bipedal-walker/terrain.js'
import { buildWalker, drive } from '../../../envs/box2d/bipedal-walker/walker.js'
import { bipedalWalker } from '../../../envs/box2d/index.js'
import { planckFor } from '../../../envs/box2d/planck.js'
import { physics } from '../../../envs/box2d/world.js'
import { drawing } from '../../../envs/canvas/canvas.js'
import { generator } from '../../../envs/seeding/generator.js'
import { episode } from './episode.js'
import { walk } from './heuristics.js'

const STILL = [0, 0, 0, 0]

describe('ground', () => {
  test('200 points, level at first, and obstacles in the hardcore version only', () => {
    for (let seed = 0; seed < 20; seed++) {
      const easy = walkerTerrain(generator(seed), false)
      const hard = walkerTerrain(generator(seed), true)
      for (const { surface } of [easy, hard]) {
        expect(surface.map(([x]) => x)).toEqual(Array.from({ length: LENGTH }, (_, i) => i * STEP))
        expect(new Set(surface.slice(0, 20).map(([, y]) => y)).size).toBe(1)
      }
      expect(easy.blocks).toEqual([])
      expect(hard.blocks.length).toBeGreaterThan(5)
      expect(hard.surface.slice(0, 20)).toEqual(easy.surface.slice(0, 20))
    }
  })
})

describe('lidar', () => {
  test('standing on level ground, rays reach further the more they lean, and the steepest see nothing', () => {
    const env = bipedalWalker()
    const shares = [...env.reset({ seed: 0 })[0]].slice(-RAYS)
    // straight down: the hull is 2.35 m above the ground, and a ray is 160/30 m long
    expect(shares[0]).toBeCloseTo(2.351 / (160 / 30), 2)
    for (let ray = 1; ray < RAYS; ray++) expect(shares[ray]).toBeCloseTo(Math.min(1, shares[0]! / Math.cos((1.5 * ray) / 10)), 4)
    expect(shares.at(-1)).toBe(1)
  })

  test('the picture shows where the rays end', () => {
    const env = bipedalWalker()
    const shares = [...env.reset({ seed: 0 })[0]].slice(-RAYS)
    const dots = drawing((canvas) => env.draw!(canvas)).shapes.filter(({ ink }) => ink === 'danger')
    expect(dots.length).toBe(shares.filter((share) => share < 1).length)
  })
})

describe('motors', () => {
  test.each([
    [0, 4],
    [1, 6],
    [2, 9],
    [3, 11],
  ])('action %i turns the joint at observation %i, both ways', (motor, at) => {
    const turned = (sign: number) => {
      const env = bipedalWalker()
      env.reset({ seed: 0 })
      const action = STILL.map((_, i) => (i === motor ? sign : 0))
      for (let t = 0; t < 4; t++) env.step(action)
      return env.step(action)[0][at]!
    }
    expect(turned(1)).toBeGreaterThan(turned(-1) + 0.1)
  })

  test('a motor wakes what it drives, even when it is set to what it was', () => {
    const walker = buildWalker(physics(planckFor('test'), -10))
    const bodies = [walker.hull, ...walker.legs].map(({ body }) => body)
    drive(walker, STILL)
    for (const body of bodies) body.setAwake(false)
    drive(walker, STILL)
    expect(bodies.map((body) => body.isAwake())).toEqual([true, true, true, true, true])
  })
})

describe('reward', () => {
  test('is the way made and the head held level, less the effort', () => {
    expect(potential(3, -0.2) - potential(2, 0.1)).toBeCloseTo(130 / 30 - 5 * 0.1)
    expect(effort([1, -0.5, 0, 9])).toBeCloseTo(0.00035 * 80 * 2.5)
  })

  test('a fall costs 100 and ends the episode', () => {
    const env = bipedalWalker()
    env.reset({ seed: 3 })
    let [, reward, terminated] = env.step([1, -1, 1, -1])
    for (let t = 0; t < 1000 && !terminated; t++) [, reward, terminated] = env.step([1, -1, 1, -1])
    expect([reward, terminated]).toEqual([-100, true])
    expect(env.step(STILL).slice(1, 3)).toEqual([-100, true])
  })
})

test('a controller written by hand walks', () => {
  const env = bipedalWalker()
  const walks = Array.from({ length: 8 }, (_, seed) => episode(env, seed, walk()))
  // a walker that falls over where it stands takes about 50 steps and gets about −90; this one reaches the end, for 300, now and then
  expect(mean(walks.map(({ length }) => length))).toBeGreaterThan(300)
  expect(mean(walks.map((played) => played.return))).toBeGreaterThan(-30)
  const arrived = walks.filter((played) => played.return > 250)
  for (const { length, last } of arrived) expect([length < 1600, Math.abs(last[0]!) < 1]).toEqual([true, true])
  expect(arrived.length).toBeGreaterThanOrEqual(1)
})

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length

test('an unknown option is refused', () => {
  expect(() => bipedalWalker({ hardCore: true } as never)).toThrow('unknown option "hardCore"')
  expect(() => bipedalWalker({ hardcore: 1 } as never)).toThrow('option hardcore must be a boolean, got 1')
})
