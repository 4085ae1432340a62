/** Compares spaces with what Gymnasium sampled (test/fixtures/spaces.json). */
import { describe, expect, test } from 'vitest'
import { type BoxType, box } from '../../envs/spaces/box.js'
import { discrete } from '../../envs/spaces/discrete.js'
import { multiBinary } from '../../envs/spaces/multi-binary.js'
import { multiDiscrete } from '../../envs/spaces/multi-discrete.js'
import { fixture } from '../support/fixtures.js'

// biome-ignore lint/suspicious/noExplicitAny: fixture rows
type Row = any

/** Every case of one kind of space: samples, masked samples, membership. */
export function gymnasiumSamples(type: 'Box' | 'Discrete' | 'MultiDiscrete' | 'MultiBinary'): void {
  const cases = fixture('spaces').cases.filter((c: Row) => c.space.type === type)

  describe(`${type} samples what Gymnasium's does`, () => {
    test.each<Row>(cases.filter((c: Row) => c.samples))(
      '$name, seed $seed',
      ({ space: description, seed, samples, mask, probability, zero_mask_sample: zero }) => {
        const space = create(description)
        space.seed(seed)
        const choices = { ...(mask && { mask }), ...(probability && { p: probability }) }
        const drawn = samples.map(() => flat(space.sample(choices)))
        if (isOpen(description))
          expect(drawn.flat()).toBeAllClose(samples.flatMap(flat), 1.2e-7) // one bit of a float32
        else expect(drawn).toEqual(samples.map(flat))
        if (zero !== undefined) expect(space.sample({ mask: mask.map(() => 0) })).toBe(zero)
      },
    )

    test.each<Row>(cases.filter((c: Row) => c.probes))('$name', ({ space: description, probes, contains }) => {
      expect(probes.map((probe: Row) => create(description).contains(probe))).toEqual(contains)
    })
  })
}

function create(d: Row): Row {
  switch (d.type) {
    case 'Discrete':
      return discrete(d.n, { start: d.start })
    case 'MultiDiscrete':
      return multiDiscrete(d.nvec.flat(9), { start: d.start.flat(9), shape: shapeOf(d.nvec) })
    case 'MultiBinary':
      return multiBinary(d.n)
    default: // our widest whole numbers are int32; the draws are the same
      return box({ low: d.low, high: d.high, shape: d.shape, dtype: (d.dtype === 'int64' ? 'int32' : d.dtype) as BoxType })
  }
}

/** Exponential and normal draws go through log1p, whose last bit differs between C libraries. */
const isOpen = (d: Row) => d.type === 'Box' && [...d.low, ...d.high].some((bound: number) => !Number.isFinite(bound))

const shapeOf = (nested: Row): number[] => (Array.isArray(nested) ? [nested.length, ...shapeOf(nested[0])] : [])
const flat = (sample: Row): number[] => (typeof sample === 'number' ? [sample] : Array.from(sample.flat?.(9) ?? sample))
