import { describe, expect, test } from 'vitest'
import type { Env } from '../../../envs/core.js'
import { box } from '../../../envs/spaces/box.js'
import { dict } from '../../../envs/spaces/dict.js'
import { discrete } from '../../../envs/spaces/discrete.js'
import { oneOf } from '../../../envs/spaces/one-of.js'
import { sequence } from '../../../envs/spaces/sequence.js'
import type { Space } from '../../../envs/spaces/space.js'
import { text } from '../../../envs/spaces/text.js'
import { tuple } from '../../../envs/spaces/tuple.js'
import { actionCheck } from '../../../envs/vector/boundary.js'
import { serial } from '../../../envs/vector/serial.js'

const line = box({ low: -1, high: 1 })

describe('actions of several parts are checked number by number', () => {
  const space = dict({ move: tuple([discrete(3), line]), word: text(2, { charset: 'ab' }) })
  const check = actionCheck('Maze-v0', space, 2)

  test('takes indices and finite numbers, each in its place', () => {
    expect(() => check([2, 99.5, 0, 2, 0, -1, 1, 1])).not.toThrow()
  })

  test.each([
    [
      [3, 0, 0, 0, 0, 0, 0, 0],
      'environment 0: expected an index from 0 to 2 for Dict(move: Tuple(Discrete(3), Box([1], float32)), word: Text',
    ],
    [[0, 0, 0, 0, 0, Number.NaN, 0, 0], 'environment 1: expected finite numbers'],
    [[0, 0, 0, 0, 0, 0, 0, 3], 'environment 1: expected an index from 0 to 2'],
    [[0, 0, 0, 0], 'expected 8 numbers (2 environments, 4 each), got 4'],
  ])('refuses %o', (actions, message) => {
    expect(() => check(actions)).toThrow(`Maze-v0.step: ${message}`)
  })

  test('the first number of a OneOf says which', () => {
    const oneCheck = actionCheck('Maze-v0', oneOf([discrete(3), line]), 1)
    expect(() => oneCheck([1, 0.5])).not.toThrow()
    expect(() => oneCheck([2, 0.5])).toThrow('expected an index from 0 to 1')
  })
})

test.each([
  ['observationSpace', sequence(discrete(2)), discrete(2)],
  ['actionSpace', discrete(2), dict({ list: sequence(line) })],
] as const)('elements of changing length cannot cross as rows: %s', (field, observationSpace, actionSpace) => {
  const create = () => ({ observationSpace, actionSpace, spec: null }) as unknown as Env
  expect(() => serial(create, { numEnvs: 1 })).toThrow(
    `environment: ${field} must have elements of one size, because rows of numbers cross here`,
  )
})

test('elements of several parts come out as the action that went in', () => {
  const actionSpace = dict({ move: tuple([discrete(3, { start: -1 }), line]), word: text(2, { charset: 'ab' }) })
  const seen: unknown[] = []
  const create = () =>
    ({
      observationSpace: line as Space,
      actionSpace,
      spec: null,
      reset: () => [[0], {}],
      step: (action: unknown) => {
        seen.push(action)
        return [[0], 0, false, false, {}]
      },
    }) as unknown as Env
  const venv = serial(create, { numEnvs: 1 })
  venv.reset()
  venv.step([2, 0.5, 1, 2])
  expect(seen).toEqual([{ move: [1, Float32Array.of(0.5)], word: 'b' }])
})
