import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Box, type BoxOptions, type BoxType, box } from '../../../envs/spaces/box.js'
import { elementFromJson, elementToJson } from '../../../envs/spaces/element-json.js'
import { spaceFromJson } from '../../../envs/spaces/from-json.js'
import { spaceSuite } from '../../suites/space.js'

spaceSuite('box', () => box({ low: [-1, 0], high: [1, 2] }), {
  other: box({ low: [-1, 0], high: [1, 3] }),
  inside: [[0, 0], [1, 2], Float32Array.of(-1, 2), Uint8Array.of(0, 1), Int16Array.of(1, 1)],
  outside: [
    [1.0000001192092896, 1],
    [0],
    [0, 0, 0],
    [Number.NaN, 1],
    [0, Number.POSITIVE_INFINITY],
    ['0', 0],
    Float64Array.of(0, 0),
    Int32Array.of(0, 0),
  ],
})
spaceSuite('box without bounds', () => box({ low: -Infinity, high: Infinity, shape: [2, 2], dtype: 'float64' }), {
  other: box({ low: -Infinity, high: Infinity, shape: [4], dtype: 'float64' }),
  inside: [[1e300, -1e300, 0, 5], Float32Array.of(1, 2, 3, 4)],
  outside: [[1, 2, 3]],
})
spaceSuite('box of bytes', () => box({ low: 0, high: 255, shape: [3], dtype: 'uint8' }), {
  other: box({ low: 0, high: 255, shape: [3] }),
  inside: [[0, 255, 7], Uint8Array.of(1, 2, 3)],
  outside: [[0, 256, 7], [0, 0.5, 7], Int8Array.of(1, 2, 3), Float32Array.of(1, 2, 3)],
})

describe('box', () => {
  test('JSON keeps an integer type open where it was open', () => {
    const open = box({ low: -Infinity, high: [Infinity, 5], dtype: 'int32' })
    const made = spaceFromJson(open.toJSON()) as Box
    expect([made.bounded('below'), made.bounded('above')]).toEqual([false, false])
    expect(made.sample()).toEqual(open.sample())
    expect(open.copy().bounded('below')).toBe(false)
  })

  test('infinite numbers and −0 survive JSON', () => {
    const open = box({ low: -Infinity, high: Infinity, shape: [3], dtype: 'float64' })
    const element = Float64Array.of(Infinity, -Infinity, -0)
    expect(elementFromJson(open, JSON.parse(JSON.stringify(elementToJson(open, element))))).toEqual(element)
  })

  test('equal when the bounds are equal, not when they are close', () => {
    expect(box({ low: 0, high: 1, dtype: 'float64' }).equals(box({ low: 0, high: 1 + 1e-9, dtype: 'float64' }))).toBe(false)
  })

  test('rounds its bounds to its type', () => {
    expect([...box({ low: -0.1, high: 4.8 }).high]).toEqual([Math.fround(4.8)])
  })

  test('takes its shape from its bounds', () => {
    expect(box({ low: -1, high: 1 }).shape).toEqual([1])
    expect(box({ low: 0, high: [1, 2, 3] }).shape).toEqual([3])
    expect(box({ low: 0, high: 1, shape: [2, 3] }).size).toBe(6)
  })

  test('knows on which sides it is bounded', () => {
    const half = box({ low: [0, 0], high: [1, Infinity] })
    expect([half.bounded('below'), half.bounded('above'), half.bounded()]).toEqual([true, false, false])
  })

  test('uniform between two bounds, exponential from one, normal with none', () => {
    const mean = (options: BoxOptions) => {
      const space = box(options)
      space.seed(1)
      let sum = 0
      for (let i = 0; i < 4000; i++) sum += space.sample()[0]!
      return sum / 4000
    }
    expect(mean({ low: 2, high: 6 })).toBeCloseTo(4, 0)
    expect(mean({ low: 3, high: Infinity })).toBeCloseTo(4, 0) // 3 + 1
    expect(mean({ low: -Infinity, high: 3 })).toBeCloseTo(2, 0) // 3 − 1
    expect(mean({ low: -Infinity, high: Infinity })).toBeCloseTo(0, 0)
    expect(mean({ low: 0, high: 3, dtype: 'int8' })).toBeCloseTo(1.5, 0) // both bounds belong to it
  })

  test('samples lie within any bounds', () => {
    const bound = fc.oneof(fc.double({ noNaN: true, min: -1e30, max: 1e30 }), fc.constantFrom(-Infinity, Infinity))
    fc.assert(
      fc.property(fc.array(fc.tuple(bound, bound), { minLength: 1, maxLength: 6 }), fc.nat(), (pairs, seed) => {
        const low = pairs.map(([a, b]) => Math.min(a, b)).map((x) => (x === Infinity ? 0 : x))
        const high = pairs.map(([a, b], i) => Math.max(a, b, low[i]!)).map((x) => (x === -Infinity ? 0 : x))
        const space = box({ low, high })
        space.seed(seed)
        for (let i = 0; i < 5; i++) expect(space.contains(space.sample())).toBe(true)
      }),
    )
  })

  test.each<[BoxOptions, string]>([
    [{ low: 1, high: 0 }, 'low must not be above high, got 1 and 0 at index 0'],
    [{ low: Number.NaN, high: 0 }, 'low must be a number that float32 can hold, got NaN'],
    [{ low: 0, high: 1e39 }, 'high must be a number that float32 can hold, got 1e+39'],
    [{ low: Infinity, high: Infinity }, 'low must be a number that float32 can hold, got Infinity'],
    [{ low: 0, high: 256, dtype: 'uint8' }, 'high must be a number that uint8 can hold, got 256'],
    [{ low: 0, high: Infinity, dtype: 'uint8' }, 'high must be a number that uint8 can hold, got Infinity'],
    [{ low: 0.5, high: 2, dtype: 'int32' }, 'low must be a number that int32 can hold, got 0.5'],
    [{ low: [0, 0], high: [1] }, 'high must hold 2 numbers, one for each of the shape, got 1'],
    [{ low: '0' as never, high: 1 }, 'low must be a number or a list of numbers, got "0"'],
    [{ low: 0, high: null as never }, 'high must be a number or a list of numbers, got null'],
    [{ low: ['0'] as never, high: 1 }, 'low must be a number that float32 can hold, got "0" at index 0'],
    [
      { low: 0, high: 1, dtype: 'int64' as BoxType },
      'dtype must be float32, float64, int8, uint8, int16, uint16, int32, uint32, got "int64". Did you mean',
    ],
    [{ low: 0, high: 1, shape: 3 as never }, 'shape must hold whole numbers of at least 0, got 3'],
    [{ low: 0, high: 1, shape: [2, -1] }, 'shape must hold whole numbers of at least 0, got [2, -1]'],
  ])('refuses %o', (options, message) => {
    expect(() => box(options)).toThrow(`box: ${message}`)
  })
})
