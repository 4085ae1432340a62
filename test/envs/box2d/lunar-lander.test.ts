/** LunarLander: its engines, wind, reward and ends. Equality with Gymnasium is in gymnasium.test.ts. */
import { describe, expect, test } from 'vitest'
import { lunarLander } from '../../../envs/box2d/index.js'
import { continuousThrottle, discreteThrottle } from '../../../envs/box2d/lunar-lander/engines.js'
import { potential } from '../../../envs/box2d/lunar-lander/reward.js'
import { FPS, HEIGHT } from '../../../envs/box2d/world.js'
import { drawing } from '../../../envs/canvas/canvas.js'
import type { Env } from '../../../envs/core.js'
import { episode } from './episode.js'
import { landDiscrete } from './heuristics.js'

/** Where `steps` frames of one action lead. */
function flown<A>(env: Env<Float32Array, A>, action: A, steps: number): Float32Array {
  let [observation] = env.reset({ seed: 4 })
  for (let t = 0; t < steps; t++) observation = env.step(action)[0]
  return observation
}

describe('engines', () => {
  test('an action is a throttle', () => {
    expect([0, 1, 2, 3].map((action) => discreteThrottle([action]))).toEqual([
      { main: 0, side: 0 },
      { main: 0, side: -1 },
      { main: 1, side: 0 },
      { main: 0, side: 1 },
    ])
    const throttles: [number[], [number, number]][] = [
      [
        [-1, 0],
        [0, 0],
      ],
      [
        [0, 0.5],
        [0, 0],
      ], // both just off
      [
        [1e-9, 0.51],
        [0.5, 0.51],
      ],
      [
        [0.5, -0.75],
        [0.75, -0.75],
      ],
      [
        [7, -7],
        [1, -1],
      ], // clipped
    ]
    for (const [action, [main, side]] of throttles) {
      const throttle = continuousThrottle(action)
      expect([throttle.main, throttle.side]).toBeAllClose([main, side], 0, 1e-8)
    }
  })

  test('the main engine lifts, the left one turns left, the right one right', () => {
    const [idle, left, main, right] = [0, 1, 2, 3].map((action) => flown(lunarLander(), action, 20)) as Float32Array[]
    expect(main![3]).toBeGreaterThan(idle![3]! + 0.2)
    expect(left![5]).toBeGreaterThan(idle![5]! + 0.2)
    expect(right![5]).toBeLessThan(idle![5]! - 0.2)
  })

  test('full throttle of the continuous lander is the discrete one', () => {
    expect(flown(lunarLander({ continuous: true }), [1, 0], 20)).toEqual(flown(lunarLander(), 2, 20))
    expect(flown(lunarLander({ continuous: true }), [-1, -1], 20)).toEqual(flown(lunarLander(), 1, 20))
  })

  test('weaker gravity pulls less', () => {
    const fall = (gravity: number) => flown(lunarLander({ gravity }), 0, 25)[3]!
    const frames = 26 // the one before the first observation included
    const perMetre = HEIGHT / 2 / FPS // of the observation's unit of speed, per m/s
    expect(fall(-2) - fall(-10)).toBeCloseTo(8 * (frames / FPS) * perMetre, 5)
  })
})

describe('wind', () => {
  test('no wind of no power changes nothing but the stream', () => {
    const still = flown(lunarLander({ enableWind: true, windPower: 0, turbulencePower: 0 }), 0, 20)
    const windy = flown(lunarLander({ enableWind: true, turbulencePower: 0 }), 0, 20)
    const turbulent = flown(lunarLander({ enableWind: true, windPower: 0 }), 0, 20)
    expect(still).toEqual(flown(lunarLander(), 0, 20)) // no engine burns, so the dispersion does not matter
    expect(Math.abs(windy[2]! - still[2]!)).toBeGreaterThan(0.01)
    expect(turbulent[2]).toBeCloseTo(still[2]!, 2)
    expect(Math.abs(turbulent[5]! - still[5]!)).toBeGreaterThan(0.01)
  })
})

describe('reward', () => {
  test('is what the state gained, less the fuel', () => {
    const gains = ([idle, burning]: readonly (readonly [number, number])[]) => [idle![0] - idle![1], burning![0] - burning![1]]
    const stepped = [0, 2].map((action): readonly [number, number] => {
      const env = lunarLander()
      const [before] = env.reset({ seed: 2 })
      const [observation, reward] = env.step(action)
      return [reward, potential(observation) - potential(before)]
    })
    expect(gains(stepped)).toBeAllClose([0, -0.3], 0, 1e-4) // observations are rounded
  })

  test('potential: distance, speed and angle cost 100 each, a leg on the ground earns 10', () => {
    expect(potential([0.3, 0.4, 0, 0, 0, 9, 0, 0])).toBeCloseTo(-50)
    expect(potential([0, 0, 0.6, -0.8, 0, 0, 0, 0])).toBeCloseTo(-100)
    expect(potential([0, 0, 0, 0, -0.5, 0, 1, 1])).toBeCloseTo(-30)
  })
})

describe('an episode ends', () => {
  test('with a crash, for −100', () => {
    const env = lunarLander()
    env.reset({ seed: 0 })
    let last = env.step(0)
    for (let t = 0; t < 400 && !last[2]; t++) last = env.step(0)
    expect(last.slice(1, 3)).toEqual([-100, true])
  })

  test('for good: a wreck that is stepped on gets −100 each time, and +100 once it lies still, as in Gymnasium', () => {
    const env = lunarLander()
    env.reset({ seed: 0 })
    const ends = Array.from({ length: 400 }, () => env.step(0)).filter(([, , terminated]) => terminated)
    const rewards = ends.map(([, reward]) => reward)
    expect(new Set(rewards)).toEqual(new Set([-100, 100]))
    expect(rewards).toEqual([...rewards].sort((a, b) => a - b))
  })

  test('out of sight, for −100', () => {
    const env = lunarLander({ continuous: true })
    env.reset({ seed: 1 })
    let last = env.step([0, 0])
    for (let t = 0; t < 1000 && !last[2]; t++) {
      const [angle, spin] = [last[0][4]!, last[0][5]!]
      last = env.step([1, Math.max(-1, Math.min(1, 10 * (angle + 0.6 + spin)))]) // lean to the right and burn
    }
    expect(last[1]).toBe(-100)
    expect(Math.abs(last[0][0]!)).toBeGreaterThanOrEqual(1)
  })

  test('at rest, for +100, with both legs on the ground', () => {
    const { last, terminated, return: total } = episode(lunarLander(), 5, landDiscrete)
    expect(terminated).toBe(true)
    expect(total).toBeGreaterThan(200)
    expect([last[6], last[7]]).toEqual([1, 1])
    expect([last[2], last[3], last[5]]).toBeAllClose([0, 0, 0], 0, 0.01)
  })
})

test.each([
  [{ gravity: 0 }, 'LunarLander: option gravity must be above -12 and below 0, got 0'],
  [{ gravity: -12 }, 'option gravity must be above -12 and below 0, got -12'],
  [{ gravity: Number.NaN }, 'option gravity must be a finite number, got NaN'],
  [{ continuous: 1 }, 'option continuous must be a boolean, got 1'],
  [{ windpower: 3 }, 'unknown option "windpower"'],
])('refuses the options %o', (options, message) => {
  expect(() => lunarLander(options as never)).toThrow(message)
})

test('a flame shows while an engine burns', () => {
  const env = lunarLander()
  env.reset({ seed: 0 })
  const flames = (action: number) => {
    env.step(action)
    return drawing((canvas) => env.draw!(canvas)).shapes.filter(({ ink }) => ink === 'danger').length
  }
  expect([0, 1, 2, 3].map(flames)).toEqual([0, 1, 1, 1])
})
