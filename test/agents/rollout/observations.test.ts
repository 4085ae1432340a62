import { describe, expect, test } from 'vitest'
import { createCollector } from '../../../agents/rollout/collect.js'
import { observationEncoder } from '../../../agents/rollout/observations.js'
import type { Env } from '../../../envs/core.js'
import { box } from '../../../envs/spaces/box.js'
import { dict } from '../../../envs/spaces/dict.js'
import { discrete } from '../../../envs/spaces/discrete.js'
import { writeFlat } from '../../../envs/spaces/flat.js'
import { flatten } from '../../../envs/spaces/flatten.js'
import { multiBinary } from '../../../envs/spaces/multi-binary.js'
import { multiDiscrete } from '../../../envs/spaces/multi-discrete.js'
import type { Space } from '../../../envs/spaces/space.js'
import { tuple } from '../../../envs/spaces/tuple.js'
import { serial } from '../../../envs/vector/serial.js'

const COUNT = 5

describe('what a network reads are the columns of `flatten`', () => {
  test.each<[string, Space]>([
    ['box', box({ low: -1, high: 1, shape: [2, 2] })],
    ['discrete', discrete(4, { start: -2 })],
    ['multi-discrete', multiDiscrete([2, 3], { start: [5, 0] })],
    ['multi-binary', multiBinary([2, 2])],
    ['dict', dict({ where: multiDiscrete([3, 2]), bits: multiBinary(2), speed: box({ low: -1, high: 1 }) })],
    ['tuple within dict', dict({ pair: tuple([discrete(3), box({ low: 0, high: 5, shape: [2] })]), also: discrete(2) })],
    ['dict of one number', dict({ speed: box({ low: -1, high: 1 }) })],
  ])('%s', (_name, space) => {
    const rows = new Float32Array(COUNT * space.size)
    const expected: number[] = []
    for (let i = 0; i < COUNT; i++) {
      const sample = space.sample()
      writeFlat(space, sample, rows, i * space.size)
      expected.push(...(flatten(space, sample) as Float32Array))
    }
    const encoder = observationEncoder(space)
    expect([...encoder.encode(rows, COUNT)]).toEqual(expected)
    expect([...encoder.encode(rows, COUNT)]).toEqual(expected) // nothing of the last call is left
    expect(encoder.size * COUNT).toBe(expected.length)
  })
})

test('rows of numbers pass through as they are', () => {
  const rows = Float32Array.of(1, 2, 3)
  expect(observationEncoder(dict({ b: multiBinary(1), a: box({ low: 0, high: 9, shape: [2] }) })).encode(rows, 1)).toBe(rows)
})

test('a rollout of an environment that observes a Dict', () => {
  const collector = createCollector({ venv: serial(lamp, { numEnvs: 2 }), learner, steps: 2, seed: 1 })
  const { observations } = collector.collect().rollout
  // columns: brightness, then the one-hot colour; two environments, two steps
  expect(Array.from(observations)).toEqual([0, 0, 0, 1, 0, 0, 0, 1, 0.5, 1, 0, 0, 0.5, 1, 0, 0])
})

const learner = {
  act: (_: Float32Array, count: number) => ({
    actions: new Float32Array(count),
    logProbs: new Float32Array(count),
    values: new Float32Array(count),
  }),
  values: (_: Float32Array, count: number) => new Float32Array(count),
}

/** Grows brighter by a half each step, and changes its colour. */
function lamp(): Env<{ readonly brightness: Float32Array; readonly colour: number }, number> {
  let lit = 0
  const seen = () => ({ brightness: Float32Array.of(lit / 2), colour: lit % 2 === 0 ? 3 : 1 })
  const env: Env<{ readonly brightness: Float32Array; readonly colour: number }, number> = {
    observationSpace: dict({ colour: discrete(3, { start: 1 }), brightness: box({ low: 0, high: 99 }) }),
    actionSpace: discrete(2),
    spec: null,
    get unwrapped() {
      return env as Env
    },
    reset: () => {
      lit = 0
      return [seen(), {}]
    },
    step: () => {
      lit++
      return [seen(), 0, false, false, {}]
    },
    save: () => lit,
    load: (saved) => {
      lit = saved as number
    },
    close: () => {},
  }
  return env
}
