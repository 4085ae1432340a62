/** Laws of spaces made at random, parts within parts. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Json } from '../../../envs/json.js'
import { box } from '../../../envs/spaces/box.js'
import { dict } from '../../../envs/spaces/dict.js'
import { discrete } from '../../../envs/spaces/discrete.js'
import { spaceFromJson } from '../../../envs/spaces/from-json.js'
import { graph } from '../../../envs/spaces/graph.js'
import { multiBinary } from '../../../envs/spaces/multi-binary.js'
import { multiDiscrete } from '../../../envs/spaces/multi-discrete.js'
import { oneOf } from '../../../envs/spaces/one-of.js'
import { sequence } from '../../../envs/spaces/sequence.js'
import type { Space } from '../../../envs/spaces/space.js'
import { text } from '../../../envs/spaces/text.js'
import { tuple } from '../../../envs/spaces/tuple.js'
import { expectRoundTrips } from '../../suites/space.js'

const count = fc.integer({ min: 1, max: 4 })
const counts = fc.array(count, { minLength: 1, maxLength: 3 })
const bounds = fc.constantFrom<readonly [number, number]>([-1, 1], [0, 3], [-Infinity, 2], [0, Infinity], [-Infinity, Infinity])
const float = fc.constantFrom('float32', 'float64')
const whole = fc.constantFrom('int8', 'uint8', 'int16', 'uint16', 'int32', 'uint32')

const numbers: fc.Arbitrary<Space> = fc.oneof(
  fc.tuple(count, fc.integer({ min: -3, max: 3 })).map(([n, start]) => discrete(n, { start })),
  fc.tuple(bounds, counts, float).map(([[low, high], shape, dtype]) => box({ low, high, shape, dtype: dtype as 'float32' })),
  fc.tuple(count, counts, whole).map(([high, shape, dtype]) => box({ low: 0, high, shape, dtype: dtype as 'int8' })),
  counts.map((nvec) => multiDiscrete(nvec, { start: nvec.map((n) => n - 2) })),
  counts.map((shape) => multiBinary(shape)),
)
const words = fc
  .tuple(count, count, fc.constantFrom('ab', '01😀', 'zyx'))
  .map(([least, more, charset]) => text(least + more, { minLength: least, charset }))

/** Any space, three levels deep. */
const { space } = fc.letrec<{ space: Space; parts: readonly Space[] }>((tie) => ({
  parts: fc.array(tie('space'), { minLength: 1, maxLength: 3 }),
  space: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    numbers,
    words,
    tie('parts').map((parts) => tuple(parts)),
    tie('parts').map((parts) => dict(Object.fromEntries(parts.map((part, i) => [`${'cabd'[i]}`, part])))),
    tie('parts').map((parts) => oneOf(parts)),
    fc.tuple(tie('space'), fc.boolean()).map(([feature, stack]) => sequence(feature, { stack })),
    fc.tuple(numbers, fc.option(numbers)).map(([nodes, edges]) => graph(nodes, edges)),
  ),
}))

describe('for every space', () => {
  test('samples are inside, and what they become leads back to them', () => {
    fc.assert(
      fc.property(space, fc.nat(), (any, seed) => {
        any.seed(seed)
        for (let i = 0; i < 3; i++) {
          const sample = any.sample()
          expect(any.contains(sample)).toBe(true)
          expectRoundTrips(any, sample)
        }
      }),
      { numRuns: 150 },
    )
  })

  test('its JSON makes an equal space, which samples the same', () => {
    fc.assert(
      fc.property(space, fc.nat(), (any, seed) => {
        const other = spaceFromJson(JSON.parse(JSON.stringify(any)) as Json)
        expect(other.equals(any) && any.equals(other)).toBe(true)
        expect(other.toJSON()).toEqual(any.toJSON())
        any.seed(seed)
        other.seed(seed)
        for (let i = 0; i < 3; i++) expect(other.sample()).toEqual(any.sample())
        expect(any.copy().sample()).toEqual(any.sample())
      }),
      { numRuns: 150 },
    )
  })

  test('equality is an equivalence, and equal spaces have the same elements', () => {
    fc.assert(
      fc.property(fc.array(space, { minLength: 3, maxLength: 3 }), ([a, b, c]) => {
        for (const [one, other] of [
          [a!, b!],
          [b!, c!],
          [a!, spaceFromJson(a!.toJSON())],
        ] as const) {
          expect(one.equals(one)).toBe(true)
          expect(one.equals(other)).toBe(other.equals(one))
          if (one.equals(other)) expect(one.contains(other.sample())).toBe(true)
        }
        if (a!.equals(b!) && b!.equals(c!)) expect(a!.equals(c!)).toBe(true)
      }),
      { numRuns: 300 },
    )
  })

  test('parts that nobody seeded draw differently from each other', () => {
    const [one, two] = tuple([discrete(2 ** 30), discrete(2 ** 30)]).sample()
    expect(one).not.toBe(two)
  })

  test('a part that was seeded before it became a part keeps its stream', () => {
    const part = discrete(2 ** 30)
    part.seed(9)
    const alone = part.copy()
    expect(tuple([part]).sample()).toEqual([alone.sample()])
  })
})
