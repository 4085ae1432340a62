/** The wrappers that change the form of an observation: rows, parts, time, pictures; and drawings in the info. */
import { describe, expect, test } from 'vitest'
import { drawing } from '../../../envs/canvas/canvas.js'
import { functionalEnv } from '../../../envs/functional-env.js'
import { make } from '../../../envs/registry.js'
import { box } from '../../../envs/spaces/box.js'
import { dict } from '../../../envs/spaces/dict.js'
import { discrete } from '../../../envs/spaces/discrete.js'
import { tuple } from '../../../envs/spaces/tuple.js'
import { addRender } from '../../../envs/wrappers/add-render.js'
import { dtypeObservation } from '../../../envs/wrappers/dtype-observation.js'
import { filterObservation } from '../../../envs/wrappers/filter-observation.js'
import { flattenObservation } from '../../../envs/wrappers/flatten-observation.js'
import { grayscaleObservation } from '../../../envs/wrappers/grayscale-observation.js'
import { reshapeObservation } from '../../../envs/wrappers/reshape-observation.js'
import { resizeObservation } from '../../../envs/wrappers/resize-observation.js'
import { timeAwareObservation } from '../../../envs/wrappers/time-aware-observation.js'
import { timeLimit } from '../../../envs/wrappers/time-limit.js'
import { gymnasiumWrapped, wrapperSuite } from '../../suites/wrapper.js'
import { counter } from '../../support/counter-env.js'
import { type Parts, pictures } from '../../support/shaped-envs.js'

// biome-ignore lint/suspicious/noExplicitAny: observations of any form
type Any = any

wrapperSuite('flattenObservation', flattenObservation)
wrapperSuite('flattenObservation of parts', flattenObservation, { id: 'test/Named-v0' })
wrapperSuite('filterObservation', (env) => filterObservation(env, ['place']), { id: 'test/Named-v0' })
wrapperSuite('filterObservation by position', (env) => filterObservation(env, [1]), { id: 'test/Numbered-v0' })
wrapperSuite('timeAwareObservation', (env) => timeAwareObservation(env))
wrapperSuite('timeAwareObservation with parts', (env) => timeAwareObservation(env, { flatten: false, normalizeTime: true }), {
  id: 'test/Named-v0',
})
const timeAware = (env: Any, params: Any) =>
  timeAwareObservation(timeLimit(env.unwrapped, 20), { maxEpisodeSteps: 20, flatten: params.flatten, normalizeTime: params.normalize_time })
gymnasiumWrapped('TimeAwareObservation', timeAware)
wrapperSuite('grayscaleObservation', (env) => grayscaleObservation(env, { keepDim: true }), { id: 'test/Pictures-v0' })
wrapperSuite('resizeObservation', (env) => resizeObservation(env, [3, 5]), { id: 'test/Pictures-v0' })
wrapperSuite('reshapeObservation', (env) => reshapeObservation(env, [2, 2]))
wrapperSuite('dtypeObservation', (env) => dtypeObservation(env, 'float64'))
wrapperSuite('addRender', (env) => addRender(env), { needsDrawing: true })

/** A picture of `shape` with these numbers, as the only observation of an environment. */
const showing = (shape: readonly number[], numbers: readonly number[]): Any => ({
  ...functionalEnv(pictures()),
  observationSpace: box({ low: 0, high: 255, shape, dtype: 'uint8' }),
  reset: () => [Uint8Array.from(numbers), {}],
})

describe('parts', () => {
  test('a choice becomes a row with a single 1, beside the numbers', () => {
    const env = flattenObservation(make('test/Named'))
    const bare = make('test/Named')
    const [row] = env.reset({ seed: 1 })
    const [{ mode, place }] = bare.reset({ seed: 1 }) as readonly [Parts, unknown]
    expect([...row]).toEqual([...[5, 6, 7].map((one) => (one === mode ? 1 : 0)), ...place])
    expect(flattenObservation(make('FrozenLake')).reset()[0]).toEqual(Int32Array.from({ length: 16 }, (_, i) => (i === 0 ? 1 : 0)))
  })

  test('parts are kept in the order asked for', () => {
    const env = filterObservation(make('test/Numbered'), [1, 0])
    expect(env.observationSpace.equals(tuple([box({ low: -1, high: 1, shape: [2] }), discrete(3, { start: 5 })]))).toBe(true)
    const [mode, place] = make('test/Numbered').reset({ seed: 1 })[0]
    expect(env.reset({ seed: 1 })[0]).toEqual([place, mode])
    expect(filterObservation(make('test/Named'), ['mode']).observationSpace.equals(dict({ mode: discrete(3, { start: 5 }) }))).toBe(true)
  })

  test.each<[string, readonly string[] | readonly number[], string]>([
    ['test/Named', ['mod'], 'the observation has no part "mod"; it has mode, place. Did you mean "mode"?'],
    ['test/Named', [], 'expected at least one part to keep, got none'],
    ['test/Numbered', [2], 'the observation has no part 2; it has 0, 1.'],
    ['test/Numbered', [1, 1], 'part 1 is named twice'],
    ['CartPole', ['mode'], 'expected observations in a Dict or a Tuple, got Box([4], float32)'],
  ])('%s: refuses the parts %j', (id, keys, message) => {
    expect(() => filterObservation(make(id), keys)).toThrow(message)
  })
})

describe('timeAwareObservation', () => {
  test('the time joins the parts that are there', () => {
    const named = timeAwareObservation(make('test/Named'), { flatten: false, dictTimeKey: 'age' })
    named.reset({ seed: 0 })
    expect(named.step(0)[0].age).toEqual(Int32Array.of(1))
    expect((named.observationSpace as Any).keys).toEqual(['age', 'mode', 'place'])
    const numbered = timeAwareObservation(make('test/Numbered'), { flatten: false, normalizeTime: true })
    numbered.reset({ seed: 0 })
    expect(numbered.step(0)[0][2]).toEqual(Float32Array.of(1 / 20))
  })

  test('knows the time limit from the wrapper, the spec, or its option, and stays at the end', () => {
    const limited = timeAwareObservation(timeLimit(make('CartPole').unwrapped, 2), { normalizeTime: true })
    limited.reset({ seed: 0 })
    expect([0, 1, 0].map((action) => limited.step(action)[0][4])).toEqual([0.5, 1, 1])
    const told = timeAwareObservation(functionalEnv(counter()), { maxEpisodeSteps: 4, normalizeTime: true })
    told.reset({ seed: 0 })
    expect([...told.step(0)[0]]).toEqual([1, 0.25])
    expect(() => timeAwareObservation(functionalEnv(counter()))).toThrow('the environment has no time limit; wrap it in timeLimit first')
    expect(() => timeAwareObservation(make('test/Named'), { dictTimeKey: 'mode' })).toThrow('has a part "mode" already')
  })
})

describe('pictures', () => {
  test('grey is the luminance, with the fraction cut off', () => {
    const colours = [255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255, 10, 20, 30, 0, 0, 0]
    const env = grayscaleObservation(showing([2, 3, 3], colours))
    expect(env.observationSpace.equals(box({ low: 0, high: 255, shape: [2, 3], dtype: 'uint8' }))).toBe(true)
    // 0.2125·255 = 54.2, 0.7154·255 = 182.4, 0.0721·255 = 18.4, their sum, 2.125 + 14.308 + 2.163 = 18.6
    expect([...env.reset()[0]]).toEqual([54, 182, 18, 255, 18, 0])
  })

  test('halving a picture averages four pixels, in each colour', () => {
    const env = resizeObservation(showing([2, 4, 2], [0, 100, 2, 100, 8, 0, 8, 0, 4, 100, 7, 100, 8, 0, 9, 255]), [1, 2])
    expect(env.observationSpace.equals(box({ low: 0, high: 255, shape: [1, 2, 2], dtype: 'uint8' }))).toBe(true)
    expect([...env.reset()[0]]).toEqual([3, 100, 8, 64]) // 13/4 = 3.25, 100, 33/4 = 8.25, 255/4 = 63.75
  })

  test('pixels at a rim count by the share that is covered', () => {
    expect([...resizeObservation(showing([1, 3], [0, 90, 240]), [1, 2]).reset()[0]]).toEqual([30, 190]) // (0 + 90/2)/1.5, (90/2 + 240)/1.5
    expect([...resizeObservation(showing([1, 2], [0, 90]), [1, 3]).reset()[0]]).toEqual([0, 45, 90])
    expect([...resizeObservation(showing([1, 2], [3, 9]), [2, 4]).reset()[0]]).toEqual([3, 3, 9, 9, 3, 3, 9, 9])
  })

  test('a picture in its own size is itself, and one colour stays one colour', () => {
    const noise = make('test/Pictures').reset({ seed: 3 })[0] as Uint8Array
    expect(resizeObservation(make('test/Pictures'), [4, 6]).reset({ seed: 3 })[0]).toEqual(noise)
    for (const shape of [
      [1, 1],
      [3, 5],
      [7, 2],
      [11, 13],
    ] as const) {
      expect(new Set(resizeObservation(showing([4, 6, 3], new Array(72).fill(201)), shape).reset()[0])).toEqual(new Set([201]))
    }
  })

  test('refuses what is no picture, and sizes that are none', () => {
    expect(() => grayscaleObservation(make('CartPole') as never)).toThrow('expected images, uint8 from 0 to 255')
    expect(() => grayscaleObservation(showing([2, 3], [0, 0, 0, 0, 0, 0]))).toThrow(
      'expected images of shape [height, width, 3], got [2, 3]',
    )
    expect(() => resizeObservation(make('CartPole') as never, [2, 2])).toThrow('expected images, uint8 from 0 to 255')
    for (const shape of [[0, 2], [2, 1.5], [2]] as unknown as [number, number][]) {
      expect(() => resizeObservation(make('test/Pictures'), shape)).toThrow(`whole numbers of at least 1, got [${shape.join(', ')}]`)
    }
  })
})

describe('addRender', () => {
  test('every info holds the drawing of the state', () => {
    const env = addRender(make('FrozenLake', { isSlippery: false }), { renderKey: 'picture' })
    const now = () => drawing((canvas) => env.draw!(canvas))
    expect(env.reset({ seed: 0 })[1]).toMatchObject({ picture: now() })
    expect(env.step(2)[4]).toEqual({ prob: 1, picture: now() })
  })

  test('refuses environments that cannot be drawn, and names that are taken', () => {
    const { draw: _, ...blind } = make('CartPole')
    expect(() => addRender(blind)).toThrow('addRender: CartPole-v1 cannot be drawn')
    expect(() => addRender(make('FrozenLake'), { renderKey: 'prob' }).reset()).toThrow('info.prob is taken by the environment')
  })
})
