/** The laws that every space keeps. */
import { describe, expect, test } from 'vitest'
import type { Json } from '../../envs/json.js'
import { concatenate, iterate } from '../../envs/spaces/batch.js'
import { batchSpace } from '../../envs/spaces/batch-space.js'
import { describeSpace } from '../../envs/spaces/describe.js'
import { elementFromJson, elementToJson } from '../../envs/spaces/element-json.js'
import { hasFlatForm, readFlat, writeFlat } from '../../envs/spaces/flat.js'
import { flatten, unflatten } from '../../envs/spaces/flatten.js'
import { flatdim, flattenSpace } from '../../envs/spaces/flatten-space.js'
import { spaceFromJson } from '../../envs/spaces/from-json.js'
import type { Space, SpaceSeed } from '../../envs/spaces/space.js'

export interface SpaceExamples {
  /** A space that differs. */
  readonly other: Space
  /** Elements, and things that are none. */
  readonly inside: readonly unknown[]
  readonly outside: readonly unknown[]
}

export function spaceSuite<T>(name: string, create: () => Space<T>, { other, inside, outside }: SpaceExamples): void {
  describe(`${name} keeps the laws of spaces`, () => {
    test('every sample is inside', () => {
      const space = create()
      space.seed(3)
      for (let i = 0; i < 300; i++) {
        const sample = space.sample()
        if (!space.contains(sample)) expect.fail(`${String(sample)} is outside`)
      }
    })

    test('what every sample becomes leads back to it', () => {
      const space = create()
      space.seed(4)
      for (let i = 0; i < 40; i++) expectRoundTrips(space, space.sample())
    })

    test('the same seed gives the same samples; unseeded is seed 0', () => {
      const [one, two] = [create(), create()]
      one.seed(11)
      two.seed(11)
      expect(draw(one)).toEqual(draw(two))
      two.seed(0)
      expect(draw(two)).toEqual(draw(create(), 20))
      expect(draw(one)).not.toEqual(draw(two, 20))
    })

    test('a copy goes on the same way, and alone', () => {
      const space = create()
      space.seed(5)
      draw(space, 3)
      const copy = space.copy()
      const expected = draw(space)
      expect(copy.equals(space)).toBe(true)
      expect(draw(copy)).toEqual(expected)
      space.random().random()
      expect(copy.random().save()).not.toEqual(space.random().save())
    })

    test.each([-1, 0.5, Number.NaN, 'test', undefined, null, true, () => 1] as unknown[])('refuses the seed %s', (seed) => {
      expect(() => create().seed(seed as number)).toThrow('a seed must be a whole number')
    })

    test('refuses a structure of seeds that is not its own', () => {
      for (const seed of [[], [1, 2, 3, 4, 5, 6, 7], { nobody: 1 }] as SpaceSeed[]) expect(() => create().seed(seed)).toThrow(/seed/)
    })

    test('refuses choices that it does not have', () => {
      const sample = (choices: unknown) => () => create().sample(choices as { mask?: unknown })
      expect(sample({ maks: [1] })).toThrow('unknown choice "maks"')
      expect(sample({ maks: [1] })).toThrow('Did you mean "mask"?')
      expect(sample({ mask: [1], p: [1] })).toThrow('give a mask or probabilities, not both')
      for (const choices of [null, 5, 'mask', [1]]) expect(sample(choices)).toThrow('expected an object with mask or p')
      for (const choice of [5, 'abc', true]) {
        expect(sample({ mask: choice })).toThrow(/sample/)
        expect(sample({ p: choice })).toThrow(/sample/)
      }
      for (const choices of [undefined, {}, { mask: null }, { p: null }, { mask: undefined }]) {
        expect(sample(choices)()).toEqual(create().sample()) // no choice at all
      }
    })

    test('knows its elements', () => {
      for (const value of inside) expect(create().contains(value), String(value)).toBe(true)
      for (const value of [...outside, null, undefined, Number.NaN, 2n, Symbol('x'), () => 1, new DataView(new ArrayBuffer(8))])
        expect(create().contains(value), String(value)).toBe(false)
    })

    test('refuses to turn what is no element into something else', () => {
      for (const value of outside) {
        expect(() => flatten(create(), value as never)).toThrow('flatten: expected an element of')
        expect(() => elementToJson(create(), value as never)).toThrow('elementToJson: expected an element of')
      }
      expect(() => elementFromJson(create(), { no: 'element' })).toThrow('elementFromJson: expected an element of')
    })

    test('equals its copy, and a copy made from its JSON, and no other', () => {
      const json = JSON.parse(JSON.stringify(create())) as Json
      const made = spaceFromJson(json)
      expect(create().equals(create())).toBe(true)
      expect(made.equals(create())).toBe(true)
      expect(create().equals(made)).toBe(true)
      expect(made.toJSON()).toEqual(create().toJSON())
      expect(draw(made)).toEqual(draw(create()))
      expect(create().equals(other)).toBe(false)
      expect(other.equals(create())).toBe(false)
      for (const nothing of [null, undefined, 1, 'space', {}, { kind: create().kind }]) expect(create().equals(nothing)).toBe(false)
    })

    test('tells what it is in a few words', () => {
      expect(describeSpace(create())).toMatch(/^[A-Z]\w+\(.*\)$/)
    })
  })
}

/** Its flat row, its flattened form, its JSON, and a batch: each leads back to the element. */
export function expectRoundTrips<T>(space: Space<T>, element: T): void {
  const json = JSON.parse(JSON.stringify(elementToJson(space as Space, element))) as Json
  expect(elementFromJson(space as Space, json)).toEqual(element)
  expectBatches(space, [element, element, element])
  if (hasFlatForm(space)) {
    const row = new Float64Array(space.size + 2).fill(-7)
    writeFlat(space, element, row, 1)
    expect(readFlat(space, row, 1)).toEqual(element)
    expect([row[0], row[row.length - 1]]).toEqual([-7, -7]) // nothing beside it is touched
    expect((flatten(space as Space, element) as Float64Array).length).toBe(flatdim(space))
  } else {
    expect(() => writeFlat(space, element, [])).toThrow(/no flat form/)
    expect(() => readFlat(space, [])).toThrow(/no flat form/)
    expect(() => flatdim(space)).toThrow('vary in length')
  }
  if (!canFlatten(space)) return
  const flat = flatten(space as Space, element)
  expect(flattenSpace(space).contains(flat)).toBe(true)
  expect(unflatten(space as Space, flat)).toEqual(element)
}

function expectBatches<T>(space: Space<T>, elements: readonly T[]): void {
  if (space.size === 0 && space.kind !== 'text') return // such a batch does not tell its number
  const batch = concatenate(space as Space, elements)
  expect(batchSpace(space as Space, elements.length).contains(batch)).toBe(true)
  expect(iterate(space as Space, batch)).toEqual(elements)
}

/** All but a OneOf of spaces that vary in length. */
function canFlatten(space: Space): boolean {
  const { kind, ...parts } = space as unknown as Record<string, unknown>
  if (kind === 'one-of') return hasFlatForm(space)
  const within = [parts['featureSpace'], parts['nodeSpace'], parts['edgeSpace'], ...Object.values(parts['spaces'] ?? {})]
  return within.every((part) => part === null || part === undefined || canFlatten(part as Space))
}

const draw = (space: Space, count = 20) => Array.from({ length: count }, () => space.sample())
