/** The vector wrappers that change the form of an observation: each row as the wrapper of a single environment has it. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { make, makeVec } from '../../../envs/registry.js'
import { box } from '../../../envs/spaces/box.js'
import { dict } from '../../../envs/spaces/dict.js'
import { discrete } from '../../../envs/spaces/discrete.js'
import { writeFlat } from '../../../envs/spaces/flat.js'
import { flatten } from '../../../envs/spaces/flatten.js'
import { flattenRow } from '../../../envs/spaces/flatten-row.js'
import { flatdim } from '../../../envs/spaces/flatten-space.js'
import { multiBinary } from '../../../envs/spaces/multi-binary.js'
import { multiDiscrete } from '../../../envs/spaces/multi-discrete.js'
import { oneOf } from '../../../envs/spaces/one-of.js'
import { text } from '../../../envs/spaces/text.js'
import { tuple } from '../../../envs/spaces/tuple.js'
import { dtypeObservation } from '../../../envs/vector/dtype-observation.js'
import { filterObservation } from '../../../envs/vector/filter-observation.js'
import { flattenObservation } from '../../../envs/vector/flatten-observation.js'
import { grayscaleObservation } from '../../../envs/vector/grayscale-observation.js'
import { reshapeObservation } from '../../../envs/vector/reshape-observation.js'
import { resizeObservation } from '../../../envs/vector/resize-observation.js'
import { dtypeObservation as dtypeOfOne, retyped } from '../../../envs/wrappers/dtype-observation.js'
import { filterObservation as filterOfOne } from '../../../envs/wrappers/filter-observation.js'
import { flattenObservation as flattenOfOne } from '../../../envs/wrappers/flatten-observation.js'
import { grayscaleObservation as grayscaleOfOne } from '../../../envs/wrappers/grayscale-observation.js'
import { reshapeObservation as reshapeOfOne } from '../../../envs/wrappers/reshape-observation.js'
import { resizeObservation as resizeOfOne } from '../../../envs/wrappers/resize-observation.js'
import { vectorWrapperSuite } from '../../suites/vector-wrapper.js'
import '../../support/shaped-envs.js'

const PICTURES = 'test/Pictures-v0'
const NAMED = 'test/Named-v0'
const NUMBERED = 'test/Numbered-v0'

vectorWrapperSuite('flattenObservation', flattenObservation, { id: NAMED, single: flattenOfOne })
vectorWrapperSuite('filterObservation', (venv) => filterObservation(venv, ['place']), {
  id: NAMED,
  single: (env) => filterOfOne(env, ['place']),
})
vectorWrapperSuite('filterObservation in another order', (venv) => filterObservation(venv, [1, 0]), {
  id: NUMBERED,
  single: (env) => filterOfOne(env, [1, 0]),
})
vectorWrapperSuite('grayscaleObservation', grayscaleObservation, { id: PICTURES, single: grayscaleOfOne })
vectorWrapperSuite('grayscaleObservation with a third side', (venv) => grayscaleObservation(venv, { keepDim: true }), {
  id: PICTURES,
  single: (env) => grayscaleOfOne(env, { keepDim: true }),
})
vectorWrapperSuite('resizeObservation', (venv) => resizeObservation(venv, [3, 5]), {
  id: PICTURES,
  single: (env) => resizeOfOne(env, [3, 5]),
})
vectorWrapperSuite('reshapeObservation', (venv) => reshapeObservation(venv, [9, 8]), {
  id: PICTURES,
  single: (env) => reshapeOfOne(env, [9, 8]),
})
vectorWrapperSuite('dtypeObservation', (venv) => dtypeObservation(venv, 'int16'), {
  id: PICTURES,
  single: (env) => dtypeOfOne(env, 'int16'),
})

describe('flattening rows', () => {
  const spaces = [
    discrete(4, { start: -2 }),
    multiDiscrete([3, 2], { start: [1, 0] }),
    multiBinary(3),
    text(4),
    dict({ a: box({ low: 0, high: 1, shape: [2] }), b: tuple([discrete(3), multiBinary(2)]) }),
    oneOf([discrete(3), box({ low: -1, high: 1, shape: [5] })]),
  ]
  test.each(spaces.map((space) => [space.kind, space] as const))('%s: the columns of flatten, whatever stood there before', (_, space) => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        space.seed(seed)
        const element = space.sample() as never
        const row = new Float64Array(space.size + 1).fill(7)
        writeFlat(space as never, element, row, 1)
        const out = new Float64Array(flatdim(space) + 2).fill(9)
        expect(flattenRow(space, row, 1, out, 1)).toBe(1 + flatdim(space))
        expect([...out]).toEqual([9, ...(flatten(space as never, element) as Float64Array), 9])
      }),
      { numRuns: 40 },
    )
  })
})

describe('vector forms', () => {
  test('in another type a choice shows its values, not its indices, and fractions are cut off', () => {
    const { observationSpace, write } = retyped(multiDiscrete([3, 2], { start: [5, -1] }), 'float32')
    expect(observationSpace.equals(box({ low: [5, -1], high: [7, 0] }))).toBe(true)
    const out = [9, 9, 9]
    write([4, 2, 1], 1, out, 1)
    expect(out).toEqual([9, 7, 0])
    retyped(box({ low: -9, high: 9 }), 'int16').write([-2.7], 0, out, 0)
    expect(out[0]).toBe(-2)
    expect(retyped(discrete(3, { start: 5 }), 'uint8').observationSpace.equals(box({ low: 5, high: 7, shape: [], dtype: 'uint8' }))).toBe(
      true,
    )
    expect(() => retyped(box({ low: -1, high: 1 }), 'uint8')).toThrow()
  })

  test('rows of choices equal those of single environments', () => {
    const lakes = dtypeObservation(makeVec('FrozenLake', { numEnvs: 2 }), 'int16')
    const lake = dtypeOfOne(make('FrozenLake'), 'int16')
    lakes.reset({ seed: 1 })
    lake.reset({ seed: 2 })
    for (const action of [1, 2, 2]) expect([...lake.step(action as never)[0]]).toEqual([lakes.step([0, action]).observations[1]])
  })

  test('refuses spaces that do not fit', () => {
    const poles = makeVec('CartPole')
    expect(() => filterObservation(poles, ['x'])).toThrow('expected observations in a Dict or a Tuple')
    expect(() => grayscaleObservation(poles)).toThrow('expected images, uint8 from 0 to 255')
    expect(() => resizeObservation(poles, [2, 2])).toThrow('expected images, uint8 from 0 to 255')
    expect(() => reshapeObservation(poles, [3])).toThrow('reshapeObservation: expected a shape of 4 numbers like [4], got [3]')
    expect(() => dtypeObservation(makeVec(NAMED), 'float32')).toThrow(
      'expected observations in a Box, Discrete, MultiDiscrete or MultiBinary',
    )
  })
})
