/** The wrappers that show what was seen earlier: late, stacked, or the greater of two. */
import { describe, expect, test } from 'vitest'
import type { Env } from '../../../envs/core.js'
import { functionalEnv } from '../../../envs/functional-env.js'
import type { Json } from '../../../envs/json.js'
import { make } from '../../../envs/registry.js'
import { box } from '../../../envs/spaces/box.js'
import { multiDiscrete } from '../../../envs/spaces/multi-discrete.js'
import { delayObservation } from '../../../envs/wrappers/delay-observation.js'
import { zeroOf } from '../../../envs/wrappers/elements.js'
import { frameStackObservation } from '../../../envs/wrappers/frame-stack-observation.js'
import { maxAndSkipObservation } from '../../../envs/wrappers/max-and-skip-observation.js'
import { gymnasiumWrapped, wrapperSuite } from '../../suites/wrapper.js'
import { counter } from '../../support/counter-env.js'
import '../../support/shaped-envs.js'

wrapperSuite('delayObservation', (env) => delayObservation(env, 3))
wrapperSuite('delayObservation of parts', (env) => delayObservation(env, 1), { id: 'test/Named-v0' })
gymnasiumWrapped('DelayObservation', (env, params) => delayObservation(env, params.delay))

wrapperSuite('frameStackObservation', (env) => frameStackObservation(env, 3))
wrapperSuite('frameStackObservation of pictures', (env) => frameStackObservation(env, 4, { paddingType: 'zero' }), {
  id: 'test/Pictures-v0',
})
wrapperSuite('frameStackObservation of parts', (env) => frameStackObservation(env, 2), { id: 'test/Numbered-v0' })
gymnasiumWrapped('FrameStackObservation', (env, params) =>
  frameStackObservation(env, params.stack_size, { paddingType: params.padding_type }),
)

wrapperSuite('maxAndSkipObservation', (env) => maxAndSkipObservation(env, { skip: 2 }), {
  outlivesReset: true, // the two frames
})
gymnasiumWrapped('MaxAndSkipObservation', (env, params) => maxAndSkipObservation(env, params))

/** Counts 0, 1, 2, … and never ends. */
const counting = (): Env<Float32Array, number> => functionalEnv(counter())
const follow = (env: ReturnType<typeof counting>, steps: number) => {
  const seen = [env.reset({ seed: 0 })[0], ...Array.from({ length: steps }, () => env.step(0)[0])]
  return seen.map((observation) => [...observation])
}

describe('delayObservation', () => {
  test('shows what was seen so many steps before, also after a reset', () => {
    const env = delayObservation(counting(), 2)
    expect(follow(env, 4)).toEqual([[0], [0], [0], [1], [2]])
    expect(follow(env, 3)).toEqual([[0], [0], [0], [1]])
    expect(follow(delayObservation(counting(), 0), 2)).toEqual([[0], [1], [2]])
  })

  test('what stands for nothing lies in the space', () => {
    expect([...zeroOf(box({ low: [-1, 2, -5], high: [1, 3, -4] }))]).toEqual([0, 2, -4])
    for (const id of ['Pendulum', 'FrozenLake', 'test/Pictures', 'test/Named', 'test/Numbered']) {
      const { observationSpace } = make(id)
      expect(observationSpace.contains(zeroOf(observationSpace))).toBe(true)
    }
    expect(zeroOf(make('test/Named').observationSpace)).toEqual({ mode: 5, place: Float32Array.of(0, 0) })
  })

  test('refuses delays that are none, and states of other delays', () => {
    for (const delay of [-1, 0.5, Number.NaN])
      expect(() => delayObservation(counting(), delay)).toThrow(`delay must be a whole number of at least 0, got ${delay}`)
    const late = delayObservation(counting(), 3)
    follow(late, 5)
    expect(() => delayObservation(counting(), 2).load(late.save())).toThrow('expected a list of at most 2 observations')
  })
})

describe('frameStackObservation', () => {
  test('shows the oldest first, and begins again at a reset', () => {
    const env = frameStackObservation(counting(), 3)
    expect(follow(env, 3)).toEqual([
      [0, 0, 0],
      [0, 0, 1],
      [0, 1, 2],
      [1, 2, 3],
    ])
    expect(follow(env, 1)[1]).toEqual([0, 0, 1])
  })

  test('begins with an observation of one’s own', () => {
    const env = frameStackObservation(counting(), 3, { paddingType: Float32Array.of(7) })
    expect(follow(env, 1)).toEqual([
      [7, 7, 0],
      [7, 0, 1],
    ])
  })

  test('a stack of choices is a MultiDiscrete', () => {
    const env = frameStackObservation(make('FrozenLake', { isSlippery: false }), 2)
    expect(env.observationSpace.equals(multiDiscrete([16, 16]))).toBe(true)
    env.reset({ seed: 0 })
    expect([...env.step(2)[0]]).toEqual([0, 1])
  })

  test('refuses stacks and paddings that are none', () => {
    for (const size of [0, 1.5])
      expect(() => frameStackObservation(counting(), size)).toThrow(`stackSize must be a whole number of at least 1, got ${size}`)
    const wrong = 'rest' as 'reset'
    expect(() => frameStackObservation(counting(), 2, { paddingType: wrong })).toThrow(
      "must be 'reset', 'zero' or an observation in Box([1], float32), got \"rest\"",
    )
    expect(() => frameStackObservation(counting(), 2).load(frameStackObservation(counting(), 3).save())).toThrow(
      'frames: expected a list of 2',
    )
  })
})

describe('maxAndSkipObservation', () => {
  test('shows the greater of the last two frames, in each number', () => {
    let seen = 0
    const frames = [
      [1, 9],
      [5, 2],
      [3, 4],
    ]
    const inner = {
      ...counting(),
      observationSpace: box({ low: 0, high: 9, shape: [2] }),
      step: () => [Float32Array.from(frames[seen++ % 3]!), 1, false, false, {}] as const,
    }
    const env = maxAndSkipObservation(inner, { skip: 3 })
    expect(env.step(0)).toEqual([Float32Array.of(5, 4), 3, false, false, {}])
  })

  test('refuses what cannot be', () => {
    expect(() => maxAndSkipObservation(counting(), { skip: 1 })).toThrow(
      'maxAndSkipObservation: skip must be a whole number of at least 2, got 1',
    )
    expect(() => maxAndSkipObservation(make('FrozenLake') as never)).toThrow('expected observations in a Box')
    const saved = { ...(maxAndSkipObservation(counting()).save() as object), frames: [] } as Json
    expect(() => maxAndSkipObservation(counting()).load(saved)).toThrow('frames: expected a list of 1 numbers')
  })
})
