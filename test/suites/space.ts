/** The laws that every space keeps. */
import { describe, expect, test } from 'vitest'
import type { Json } from '../../envs/json.js'
import { readFlat, writeFlat } from '../../envs/spaces/flat.js'
import { spaceFromJson } from '../../envs/spaces/from-json.js'
import type { Space } from '../../envs/spaces/space.js'

export interface SpaceExamples {
  /** A space that differs. */
  readonly other: Space
  /** Elements, and things that are none. */
  readonly inside: readonly unknown[]
  readonly outside: readonly unknown[]
}

export function spaceSuite<T>(name: string, create: () => Space<T>, { other, inside, outside }: SpaceExamples): void {
  describe(`${name} keeps the laws of spaces`, () => {
    test('every sample is inside, and has a flat form that leads back to it', () => {
      const space = create()
      const row = new Float64Array(space.size + 2).fill(-7)
      space.seed(3)
      for (let i = 0; i < 500; i++) {
        const sample = space.sample()
        expect(space.contains(sample)).toBe(true)
        writeFlat(space, sample, row, 1)
        expect(readFlat(space, row, 1)).toEqual(sample)
        expect([row[0], row[row.length - 1]]).toEqual([-7, -7]) // nothing beside it is touched
      }
    })

    test('the same seed gives the same samples; unseeded is seed 0', () => {
      const [one, two] = [create(), create()]
      const draw = (space: Space<T>) => Array.from({ length: 20 }, () => space.sample())
      one.seed(11)
      two.seed(11)
      expect(draw(one)).toEqual(draw(two))
      one.seed(0)
      expect(draw(one)).toEqual(draw(create()))
    })

    test.each([-1, 0.5, Number.NaN, 'test' as unknown as number])('refuses the seed %s', (seed) => {
      expect(() => create().seed(seed)).toThrow('a seed must be a whole number')
    })

    test('knows its elements', () => {
      for (const value of inside) expect(create().contains(value), String(value)).toBe(true)
      for (const value of [...outside, null, undefined, 'text', {}, [[]], Number.NaN])
        expect(create().contains(value), String(value)).toBe(false)
    })

    test('equals its copy, and a copy made from its JSON, and no other', () => {
      const json = JSON.parse(JSON.stringify(create())) as Json
      expect(create().equals(create() as Space)).toBe(true)
      expect(spaceFromJson(json).equals(create() as Space)).toBe(true)
      expect(spaceFromJson(json).toJSON()).toEqual(create().toJSON())
      expect(create().equals(other)).toBe(false)
      expect(other.equals(create() as Space)).toBe(false)
    })
  })
}
