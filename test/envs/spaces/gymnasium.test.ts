/** Every number that Gymnasium's spaces gave: samples, masks, membership, seeds of parts, flattened forms, batches. */
import { describe, expect, test } from 'vitest'
import { batchDifferingSpaces, batchSpace } from '../../../envs/spaces/batch-space.js'
import type { Box } from '../../../envs/spaces/box.js'
import { flatten, unflatten } from '../../../envs/spaces/flatten.js'
import { flatdim, flattenSpace } from '../../../envs/spaces/flatten-space.js'
import { expectSame, spaceOf } from '../../suites/space-fixture.js'
import { fixture } from '../../support/fixtures.js'

// biome-ignore lint/suspicious/noExplicitAny: fixture rows
type Row = any

const single = fixture('spaces').cases as Row[]
const composite = fixture('spaces-composite') as Row

const named = (rows: readonly Row[]) => rows.map((row) => ({ ...row, title: `${row.name}, seed ${JSON.stringify(row.seed)}` }))
const drawn = [...single, ...composite.cases].filter((row) => row.samples)
const probed = single.filter((row) => row.probes)

test('every case of the fixture is looked at', () => {
  expect(single.length).toBe(73)
  expect(single.filter((row) => !drawn.includes(row) && !probed.includes(row))).toEqual([])
})

describe('the same seed gives the samples of Gymnasium', () => {
  test.each(named(drawn))('$title', ({ space: description, seed, samples, mask, probability, zero_mask_sample: zero, ...more }: Row) => {
    const space = spaceOf(description)
    space.seed(seed)
    const choices = {
      ...(mask !== undefined && { mask }),
      ...(probability !== undefined && { p: probability }),
      ...(more.num_nodes !== undefined && { numNodes: more.num_nodes }),
      ...(more.num_edges !== undefined && { numEdges: more.num_edges }),
    }
    for (const sample of samples) {
      const ours = space.sample(Object.keys(choices).length === 0 ? undefined : choices)
      expectSame(ours, sample, description)
      expect(space.contains(ours)).toBe(true)
    }
    if (zero !== undefined) expect(space.sample({ mask: mask.map(() => 0) })).toBe(zero)
  })
})

describe('the same things are elements', () => {
  test.each(probed)('$name', ({ space, probes, contains }: Row) => {
    expect(probes.map((probe: Row) => spaceOf(space).contains(probe))).toEqual(contains)
  })
})

describe('the same flattened forms', () => {
  test.each(composite.flat as Row[])(
    '$name',
    ({ space: description, flatdim: width, flat_space: flatSpace, flat_samples: flats, seed }: Row) => {
      const space = spaceOf(description)
      if (width === null) expect(() => flatdim(space)).toThrow('vary in length')
      else expect(flatdim(space)).toBe(width)
      expect(flattenSpace(space).equals(spaceOf(flatSpace))).toBe(true)
      space.seed(seed)
      for (const flat of flats) {
        const sample = space.sample()
        const ours = flatten(space, sample)
        expectSame(ours, flat, flatSpace)
        expect(unflatten(space, ours)).toEqual(sample)
      }
    },
  )
})

describe('the same batches', () => {
  test.each(composite.batches as Row[])('$name', ({ space: description, seed, n, batch, samples, next }: Row) => {
    const space = spaceOf(description)
    space.seed(seed)
    space.sample()
    const ours = batchSpace(space, n)
    expect(ours.equals(spaceOf(batch))).toBe(true)
    if (ours.kind === 'box') expect([...(ours as Box).shape]).toEqual(batch.shape)
    for (const sample of samples) expectSame(ours.sample(), sample, batch)
    expectSame(space.sample(), next, description) // the batch has a stream of its own
  })

  test.each(composite.differing as Row[])('of different spaces: $name', ({ spaces, seeds, batch, samples }: Row) => {
    const ours = spaces.map(spaceOf)
    ours.forEach((space: Row, i: number) => {
      space.seed(seeds[i])
    })
    const batched = batchDifferingSpaces(ours)
    expect(batched.equals(spaceOf(batch))).toBe(true)
    for (const sample of samples) expectSame(batched.sample(), sample, batch)
  })
})
