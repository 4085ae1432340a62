import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { orthogonal } from '../../../agents/networks/orthogonal.js'
import { stream } from '../../../src/core/random.js'

describe('orthogonal', () => {
  test('rows or columns, whichever are fewer, are orthogonal with length = gain', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 0, max: 1000 }),
        (rows, columns, seed) => {
          const gain = Math.SQRT2
          const kernel = orthogonal(rows, columns, gain, stream(seed, 'test'))
          const [count, length] = [Math.min(rows, columns), Math.max(rows, columns)]
          const at = (i: number, j: number) => (rows < columns ? kernel[i * columns + j]! : kernel[j * columns + i]!)
          for (let a = 0; a < count; a++) {
            for (let b = a; b < count; b++) {
              let dot = 0
              for (let j = 0; j < length; j++) dot += at(a, j) * at(b, j)
              expect(dot).toBeCloseTo(a === b ? gain * gain : 0, 5)
            }
          }
        },
      ),
      { numRuns: 50 },
    )
  })

  test('directions are uniform: no element is larger than another on average', () => {
    const random = stream(1, 'test')
    const squares = new Float64Array(6)
    const draws = 4000
    for (let i = 0; i < draws; i++) {
      orthogonal(2, 3, 1, random).forEach((value, k) => {
        squares[k] = squares[k]! + value * value
      })
    }
    for (const square of squares) expect(Math.abs(square / draws - 1 / 3)).toBeLessThan(0.025) // five sigma; both rows have length 1 over 3
  })

  test('signs are balanced', () => {
    const random = stream(2, 'test')
    let positive = 0
    for (let i = 0; i < 4000; i++) positive += orthogonal(1, 1, 1, random)[0]! > 0 ? 1 : 0
    expect(Math.abs(positive - 2000)).toBeLessThan(5 * Math.sqrt(1000))
  })
})
