/** The closer look at one step: by its definitions, and that looking changes nothing. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { stepSampler } from '../../../agents/learners/step-sample.js'

const vector = (size: number) =>
  fc.array(fc.double({ min: -10, max: 10, noNaN: true }), { minLength: size, maxLength: size }).map((x) => Float32Array.from(x))

function look(
  raw: Float32Array,
  clipped: Float32Array,
  before: Float32Array,
  after: Float32Array,
  v: Float64Array | null = null,
  epsilon = 1e-5,
) {
  const sampler = stepSampler()
  const [gradient, parameters] = [raw.slice(), before.slice()]
  sampler.before(gradient, parameters)
  gradient.set(clipped)
  parameters.set(after)
  const sample = sampler.after(gradient, parameters, v, epsilon)
  expect([gradient, parameters]).toEqual([clipped, after])
  return sample
}

describe('one step', () => {
  test('cosine 1 where only the length changed, whatever the length', () => {
    fc.assert(
      fc.property(vector(7), fc.double({ min: 0.01, max: 1, noNaN: true }), (raw, by) => {
        fc.pre(raw.some((x) => Math.abs(x) > 1e-3))
        expect(
          look(
            raw,
            raw.map((x) => x * by),
            raw,
            raw,
          ).cosine,
        ).toBeCloseTo(1, 5)
      }),
    )
  })

  test('cosine below 1 where elements were cut', () => {
    expect(look(Float32Array.of(3, 4), Float32Array.of(3, 3), Float32Array.of(1, 1), Float32Array.of(1, 1)).cosine).toBeCloseTo(
      21 / (5 * Math.hypot(3, 3)),
      6,
    )
  })

  test('update over weights', () => {
    expect(look(Float32Array.of(1, 1), Float32Array.of(1, 1), Float32Array.of(3, 4), Float32Array.of(3.3, 4.4)).updateRatio).toBeCloseTo(
      0.1,
      6,
    )
  })

  test('√v̂: least, middle and largest, and the share below ε', () => {
    const { rootV } = look(
      new Float32Array(4),
      new Float32Array(4),
      new Float32Array(4),
      new Float32Array(4),
      Float64Array.of(4, 1, 9, 0),
      1.5,
    )
    expect(rootV).toEqual({ min: 0, median: 1.5, max: 3, belowEpsilon: 0.5 })
    expect(look(new Float32Array(1), new Float32Array(1), new Float32Array(1), new Float32Array(1)).rootV).toBeNull()
  })

  test('of many elements some, evenly spread', () => {
    const many = Float64Array.from({ length: 100_000 }, (_, i) => i * i)
    const zero = new Float32Array(0)
    const { rootV } = look(zero, zero, zero, zero, many, 25_000)
    expect(rootV!.median).toBeCloseTo(50_000, -3)
    expect(rootV!.belowEpsilon).toBeCloseTo(0.25, 2)
  })
})
