/** An environment that saves by its actions and loads by playing them again. */
import { describe, expect, test } from 'vitest'
import { bipedalWalker, lunarLander } from '../../../envs/box2d/index.js'
import { type Simulation, simulatedEnv } from '../../../envs/box2d/simulated-env.js'
import type { Json } from '../../../envs/json.js'
import type { Generator } from '../../../envs/seeding/generator.js'
import { box } from '../../../envs/spaces/box.js'
import { discrete } from '../../../envs/spaces/discrete.js'

/** A random walk that keeps its state where nobody can read it. It ends after five steps. */
function hidden(random: Generator): Simulation {
  let place = random.random()
  let steps = 0
  return {
    step: (action) => {
      place += action[0]! + random.random()
      steps++
      return place
    },
    terminal: () => steps >= 5,
    observe: (out) => out.set([place, steps]),
    draw: (canvas) => canvas.circle(place, 0, 1, 'body'),
  }
}

const create = () =>
  simulatedEnv({ name: 'Hidden', observationSpace: box({ low: -100, high: 100, shape: [2] }), actionSpace: discrete(3), begin: hidden })

const stored = (json: Json) => JSON.parse(JSON.stringify(json)) as Json

describe('simulatedEnv', () => {
  test('what it saves goes on the same way in another one, in this episode and in those after it', () => {
    const [one, other] = [create(), create()]
    one.reset({ seed: 8 })
    for (const action of [0, 2, 1]) one.step(action)
    one.reset() // the stream goes on from the first episode
    one.step(2)
    other.reset({ seed: 1 })
    other.load(stored(one.save()))
    for (const action of [1, 1, 0]) expect(other.step(action)).toEqual(one.step(action))
    expect(other.reset()).toEqual(one.reset())
    expect(other.step(2)).toEqual(one.step(2))
    expect(other.save()).toEqual(one.save())
  })

  test('a save holds the actions of the present episode only', () => {
    const env = create()
    env.reset({ seed: 0 })
    for (const action of [0, 1, 2]) env.step(action)
    expect(env.save()).toMatchObject({ actions: [0, 1, 2] })
    env.reset()
    expect(env.save()).toMatchObject({ actions: [] })
  })

  test('saved before the first reset, it is as new', () => {
    const env = create()
    const fresh = stored(env.save())
    const first = env.reset()
    env.load(fresh)
    expect(() => env.step(0)).toThrow('Hidden.step: call reset() first')
    expect(() => env.draw!({} as never)).toThrow('Hidden.draw: call reset() first')
    expect(env.reset()).toEqual(first)
  })

  test.each<[string, (saved: Record<string, Json>) => Json, string]>([
    ['no object', () => 3, 'Hidden.load: expected an object, got 3'],
    ['no origin', ({ actions }) => ({ actions: actions! }), 'Hidden.load: origin: expected an object'],
    ['actions that are no list', (saved) => ({ ...saved, actions: 'up' }), 'Hidden.load: actions: expected a list'],
    ['an action outside the space', (saved) => ({ ...saved, actions: [0, 7] }), 'expected an action in Discrete(3)'],
    ['an action that is no number', (saved) => ({ ...saved, actions: [null] }), 'Hidden.load: actions: expected a list'],
  ])('refuses %s and stays as it was', (_, broken, message) => {
    const env = create()
    env.reset({ seed: 3 })
    env.step(1)
    const before = stored(env.save()) as Record<string, Json>
    expect(() => env.load(broken(before))).toThrow(message)
    expect(env.save()).toEqual(before)
  })

  test('refuses half an action', () => {
    const env = lunarLander({ continuous: true })
    env.reset({ seed: 3 })
    const saved = env.save() as Record<string, Json>
    expect(() => env.load({ ...saved, actions: [0, 0, 0] })).toThrow('LunarLander.load: expected whole actions of 2 numbers, got 3 numbers')
  })

  test('worlds that run in turns do not disturb each other', () => {
    const alone = () => {
      const env = bipedalWalker({ hardcore: true })
      env.reset({ seed: 5 })
      return Array.from({ length: 40 }, (_, t) => env.step([1, -1, -1, t % 2])[0])
    }
    const inTurns = () => {
      const [walker, lander] = [bipedalWalker({ hardcore: true }), lunarLander()]
      walker.reset({ seed: 5 })
      lander.reset({ seed: 5 })
      return Array.from({ length: 40 }, (_, t) => {
        if (lander.step(0)[2]) lander.reset()
        return walker.step([1, -1, -1, t % 2])[0]
      })
    }
    expect(inTurns()).toEqual(alone())
  })
})
