import { describe, expect, test } from 'vitest'
import { type TextOptions, text } from '../../../envs/spaces/text.js'
import { spaceSuite } from '../../suites/space.js'

spaceSuite('text', () => text(5), {
  other: text(6),
  inside: ['a', 'Z9', 'abcde'],
  outside: ['', 'abcdef', 'a b', 'é', 5, ['a'], ['a', 'b']],
})
spaceSuite('text of any characters', () => text(3, { minLength: 0, charset: 'ab😀' }), {
  other: text(3, { minLength: 0, charset: 'ab' }),
  inside: ['', '😀😀😀', 'ba😀'],
  outside: ['aaaa', 'c', '\ud83d'],
})

describe('text', () => {
  test('an order of characters does not make another space, a set is sorted by code point', () => {
    expect(text(2, { charset: 'ba' }).equals(text(2, { charset: 'ab' }))).toBe(true)
    expect(text(2, { charset: new Set(['z', '😀', '\uffff', 'a']) }).characters).toEqual(['a', 'z', '\uffff', '😀'])
    expect(text(2, { charset: 'abab' }).characters).toEqual(['a', 'b'])
  })

  test('a mask without a character gives the empty word where there is one', () => {
    expect(text(4, { minLength: 0, charset: 'ab' }).sample({ mask: [3, [0, 0]] })).toBe('')
    expect(() => text(4, { charset: 'ab' }).sample({ mask: [3, [0, 0]] })).toThrow('the mask allows no character')
    expect(text(3, { minLength: 0, charset: '' }).sample()).toBe('')
  })

  test('masks and probabilities decide length and characters', () => {
    const space = text(4, { charset: 'abc' })
    for (let i = 0; i < 20; i++) expect(space.sample({ mask: [4, [1, 0, 1]] })).toMatch(/^[ac]{4}$/)
    expect(space.sample({ p: [2, [0, 1, 0]] })).toBe('bb')
    expect(() => space.sample({ mask: [5, null] })).toThrow('length must be a whole number from 1 to 4, got 5')
    expect(() => space.sample({ mask: [1, [1, 0]] })).toThrow('a mask must hold 3 numbers, each 0 or 1, got [1, 0]')
    expect(() => space.sample({ p: [1, [1, 1, 0]] })).toThrow('probabilities must sum to 1, got 2')
    expect(() => space.sample({ mask: [1] as never })).toThrow('expected [length or null, numbers or null], got [1]')
  })

  test('knows where a character stands', () => {
    expect(text(2, { charset: 'xyz' }).characterIndex('z')).toBe(2)
    expect(() => text(2, { charset: 'xyz' }).characterIndex('a')).toThrow('Text.characterIndex: "a" is not one of the characters')
  })

  test.each<[unknown, TextOptions, string]>([
    [2.5, {}, 'maxLength must be a whole number of at least 0, got 2.5'],
    ['3', {}, 'maxLength must be a whole number of at least 0, got "3"'],
    [3, { minLength: -1 }, 'minLength must be a whole number of at least 0, got -1'],
    [3, { minLength: 4 }, 'minLength must not be above maxLength, got 4 and 3'],
    [0, {}, 'minLength must not be above maxLength, got 1 and 0. It is 1 unless you set it.'],
    [3, { charset: '' }, 'charset must not be empty where minLength is 1'],
    [3, { charset: 5 as never }, 'charset must be a string or a set of characters, got 5'],
    [3, { charset: new Set(['ab']) }, 'charset must hold single characters, got "ab"'],
  ])('refuses %o with %o', (maxLength, options, message) => {
    expect(() => text(maxLength as number, options)).toThrow(`text: ${message}`)
  })
})
