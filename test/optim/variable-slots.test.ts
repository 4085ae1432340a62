import { describe, expect, test } from 'vitest'
import { adopted, groupByPath, readSlots, withNew } from '../../src/optim/variable-slots.js'

const kernel = { name: 'dense/kernel', shape: [2, 3] }
const bias = { name: 'dense/bias', shape: [3] }
const known = withNew([], [kernel, bias], groupByPath)

describe('the list of variables', () => {
  test('grows at its end and never changes its order', () => {
    const late = { name: 'late', shape: [] }
    expect(withNew(known, [late, bias, kernel], groupByPath).map(({ variable }) => variable)).toEqual([
      'dense/kernel',
      'dense/bias',
      'late',
    ])
    expect(withNew(known, [bias], groupByPath)).toBe(known)
  })

  test('goes through JSON', () => {
    expect(readSlots(JSON.parse(JSON.stringify(known)))).toEqual(known)
    expect(() => readSlots({})).toThrow('no list of variables')
    expect(() => readSlots([{ variable: 'w' }])).toThrow('a variable that cannot be read: {"variable":"w"}')
  })
})

describe('after loading', () => {
  test('variables are known by name, whatever the order, and when some are frozen', () => {
    expect(adopted(known, [bias, kernel])).toEqual(known)
    expect(adopted(known, [bias])).toEqual(known)
  })

  test('renamed variables are known by position, and keep the names of their groups', () => {
    const renamed = [
      { ...kernel, name: 'dense/kernel_1' },
      { ...bias, name: 'dense/bias_1' },
    ]
    expect(adopted(known, renamed)).toEqual(known.map((slot, i) => ({ ...slot, variable: renamed[i]!.name })))
  })

  test.each([
    ['another shape under a known name', [{ ...kernel, shape: [3, 2] }, bias]],
    ['renamed and fewer', [{ ...bias, name: 'other' }]],
    [
      'renamed and in another order',
      [
        { ...bias, name: 'other' },
        { ...kernel, name: 'another' },
      ],
    ],
  ])('%s: refused with both lists', (_what, incoming) => {
    expect(() => adopted(known, incoming)).toThrow('expected dense/kernel [2,3], dense/bias [3]; got ')
  })
})
