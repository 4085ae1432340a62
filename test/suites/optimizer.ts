/** The laws of every optimiser on flat arrays. */
import { describe, expect, test } from 'vitest'
import { layout } from '../../src/optim/layout.js'
import type { FlatOptimizer } from '../../src/optim/optimizer.js'

const LAYOUT = layout([
  { name: 'a', shape: [3], network: 'n', layer: 'a' },
  { name: 'b', shape: [2], network: 'n', layer: 'b' },
])
const RATE = 0.01

/** A gradient that depends on the step alone. */
const gradientAt = (t: number) => Float32Array.from({ length: LAYOUT.size }, (_, i) => Math.sin(i + 0.7 * t) * 10 ** Math.sin(t))

function walk(
  optimizer: FlatOptimizer,
  from: Float32Array,
  steps: readonly number[],
  absent?: (t: number) => ReadonlySet<string> | undefined,
) {
  const parameters = from.slice()
  for (const t of steps) optimizer.step(parameters, gradientAt(t), RATE, absent?.(t))
  return parameters
}

const count = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i)

export function optimizerSuite(name: string, make: (of: typeof LAYOUT) => FlatOptimizer): void {
  const start = Float32Array.of(1, -1, 0.5, 2, -2)

  describe(`${name} keeps the laws of an optimiser`, () => {
    test('saved after 150 steps and loaded through JSON it goes on bit for bit', () => {
      const straight = walk(make(LAYOUT), start, count(0, 300))
      const first = make(LAYOUT)
      const half = walk(first, start, count(0, 150))
      const { header, arrays } = first.save()
      const second = make(LAYOUT)
      second.load({ header: JSON.parse(JSON.stringify(header)), arrays: structuredClone(arrays) })
      expect(walk(second, half, count(150, 300))).toEqual(straight)
    })

    test('what was saved does not move with later steps', () => {
      const optimizer = make(LAYOUT)
      walk(optimizer, start, count(0, 5))
      const saved = optimizer.save()
      const before = structuredClone(saved)
      walk(optimizer, start, count(5, 9))
      expect(saved).toEqual(before)
    })

    test('a parameter without a gradient waits: weights, moments and its own counter', () => {
      const b = (parameters: Float32Array) => [...parameters.subarray(3)]
      const a = (parameters: Float32Array) => [...parameters.subarray(0, 3)]
      const steps = count(0, 20)
      const waits = (t: number) => (t % 3 === 0 ? new Set(['b']) : undefined)
      const together = walk(make(LAYOUT), start, steps, waits)
      expect(a(together)).toEqual(a(walk(make(LAYOUT), start, steps)))
      expect(b(together)).toEqual(
        b(
          walk(
            make(LAYOUT),
            start,
            steps.filter((t) => t % 3 !== 0),
          ),
        ),
      )
    })

    test('a learning rate of 0 moves nothing, and the gradient is left as it was', () => {
      const parameters = start.slice()
      const gradient = gradientAt(1)
      make(LAYOUT).step(parameters, gradient, 0)
      expect(parameters).toEqual(start)
      expect(gradient).toEqual(gradientAt(1))
    })

    test('goes downhill', () => {
      const optimizer = make(LAYOUT)
      const parameters = start.slice()
      for (let t = 0; t < 2000; t++) optimizer.step(parameters, parameters.slice(), 0.005) // of ½‖p‖²
      expect(Math.hypot(...parameters)).toBeLessThan(0.1)
    })

    test('refuses arrays and states that do not fit', () => {
      expect(() => make(LAYOUT).step(new Float32Array(4), gradientAt(0), RATE)).toThrow(/5/)
      const other = layout([{ name: 'c', shape: [5], network: 'n', layer: 'c' }])
      expect(() => make(LAYOUT).load(make(other).save())).toThrow()
      expect(() => make(LAYOUT).load({ header: {}, arrays: {} })).toThrow()
    })
  })
}
