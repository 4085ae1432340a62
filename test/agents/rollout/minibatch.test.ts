import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { rolloutBuffer } from '../../../agents/rollout/buffer.js'
import { gatherer, minibatchBounds, shuffle } from '../../../agents/rollout/minibatch.js'
import { stream } from '../../../src/core/random.js'

const iota = (n: number): Int32Array => Int32Array.from({ length: n }, (_, i) => i)

describe('minibatch bounds', () => {
  test('cover every row once, and never leave one row alone', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 200 }), fc.integer({ min: 2, max: 200 }), (rows, size) => {
        const bounds = minibatchBounds(rows, size)
        const sizes = bounds.slice(1).map((end, i) => end - bounds[i]!)
        expect(bounds[0]).toBe(0)
        expect(bounds.at(-1)).toBe(rows)
        for (const n of sizes) {
          expect(n).toBeGreaterThan(1)
          expect(n).toBeLessThanOrEqual(size + 1)
        }
      }),
    )
  })

  test.each([
    [8, 4, [0, 4, 8]],
    [10, 4, [0, 4, 8, 10]],
    [9, 4, [0, 4, 9]],
    [3, 8, [0, 3]],
    [1, 8, [0, 1]],
  ])('%i rows by %i', (rows, size, bounds) => {
    expect(minibatchBounds(rows, size)).toEqual(bounds)
  })
})

describe('shuffle', () => {
  test('keeps the rows and depends on the stream alone', () => {
    const [a, b] = [iota(50), iota(50)]
    shuffle(a, stream(1, 'shuffle'))
    shuffle(b, stream(1, 'shuffle'))
    expect(a).toEqual(b)
    expect([...a].sort((x, y) => x - y)).toEqual([...iota(50)])
    expect(a).not.toEqual(iota(50))
  })

  test('puts every row everywhere equally often', () => {
    const counts = Array.from({ length: 4 }, () => [0, 0, 0, 0])
    const random = stream(2, 'shuffle')
    for (let i = 0; i < 24_000; i++) {
      const rows = iota(4)
      shuffle(rows, random)
      rows.forEach((row, place) => {
        counts[row]![place]!++
      })
    }
    for (const count of counts.flat()) expect(Math.abs(count - 6000)).toBeLessThan(5 * Math.sqrt(24_000 * (1 / 4) * (3 / 4))) // five sigma
  })
})

test('gather takes every column of the chosen rows', () => {
  const rollout = rolloutBuffer(3, 2, 2, 1)
  for (const [name, scale] of [
    ['observations', 1],
    ['actions', 10],
    ['logProbs', 100],
    ['values', 1000],
    ['advantages', 2],
    ['returns', 3],
  ] as const) {
    rollout[name].forEach((_, i) => {
      rollout[name][i] = i * scale
    })
  }
  const gather = gatherer()
  const batch = gather(rollout, Int32Array.from([5, 0, 3, 1]), 1, 3)
  expect(batch.rows).toBe(2)
  expect([...batch.observations.slice(0, 4)]).toEqual([0, 1, 6, 7])
  expect([...batch.actions.slice(0, 2)]).toEqual([0, 30])
  expect([...batch.oldLogProbs.slice(0, 2)]).toEqual([0, 300])
  expect([...batch.oldValues.slice(0, 2)]).toEqual([0, 3000])
  expect([...batch.advantages.slice(0, 2)]).toEqual([0, 6])
  expect([...batch.returns.slice(0, 2)]).toEqual([0, 9])
  expect(gather(rollout, Int32Array.from([5, 0, 3, 1]), 0, 4).rows).toBe(4)
})
