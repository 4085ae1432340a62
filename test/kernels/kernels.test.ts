import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Activation, activate } from '../../src/kernels/activation.js'
import { dense } from '../../src/kernels/dense.js'
import { TANH_MAX_ERROR, tanh } from '../../src/kernels/tanh.js'

describe('tanh', () => {
  test('stays within its stated error of Math.tanh everywhere', () => {
    let worst = 0
    for (let i = -600_000; i <= 600_000; i++) worst = Math.max(worst, Math.abs(tanh(i / 40_000) - Math.tanh(i / 40_000)))
    expect(worst).toBeLessThan(TANH_MAX_ERROR)
    expect(TANH_MAX_ERROR).toBeLessThan(5e-7)
  })

  test('is odd, stays inside (−1, 1) and keeps its relative error near 0', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), (x) => {
        expect(tanh(-x)).toBe(-tanh(x))
        expect(Math.abs(tanh(x))).toBeLessThan(1)
      }),
    )
    for (const x of [1e-30, 1e-8, 1e-3, 0.1]) expect(tanh(x) / Math.tanh(x)).toBeCloseTo(1, 7)
  })

  test('passes NaN on', () => {
    expect(tanh(Number.NaN)).toBeNaN()
  })
})

describe('activate', () => {
  const apply = (activation: Activation, values: number[]): number[] => {
    const array = Float32Array.from(values)
    activate(activation, array, values.length)
    return [...array]
  }

  test('linear, relu and elu', () => {
    expect(apply('linear', [-2, 0, 3])).toEqual([-2, 0, 3])
    expect(apply('relu', [-2, 0, 3])).toEqual([0, 0, 3])
    expect(apply('elu', [-1, 0, 3])).toBeAllClose([Math.exp(-1) - 1, 0, 3], 1e-7)
  })

  test.each(['linear', 'tanh', 'relu', 'elu'] as const)('%s passes NaN on', (activation) => {
    expect(apply(activation, [Number.NaN])[0]).toBeNaN()
  })

  test('leaves what lies behind `count` alone', () => {
    const values = Float32Array.from([-1, -1])
    activate('relu', values, 1)
    expect([...values]).toEqual([0, -1])
  })
})

describe('dense', () => {
  const numbers = (n: number) => fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: n, maxLength: n })
  const layer = fc
    .record({ rows: fc.integer({ min: 0, max: 9 }), inputs: fc.integer({ min: 1, max: 9 }), outputs: fc.integer({ min: 1, max: 9 }) })
    .chain(({ rows, inputs, outputs }) =>
      fc.record({
        rows: fc.constant(rows),
        inputs: fc.constant(inputs),
        outputs: fc.constant(outputs),
        x: numbers(rows * inputs),
        kernel: numbers(inputs * outputs),
        bias: numbers(outputs),
        activation: fc.constantFrom<Activation>('linear', 'tanh', 'relu', 'elu'),
      }),
    )

  test('equals the sum of products in float64 for every shape', () => {
    fc.assert(
      fc.property(layer, ({ rows, inputs, outputs, x, kernel, bias, activation }) => {
        const before = [9, 9, 9] // the kernel need not lie at the start of the parameters
        const parameters = Float32Array.from([...before, ...kernel, ...bias])
        const out = new Float32Array(rows * outputs)
        dense(Float32Array.from(x), rows, inputs, parameters, 3, 3 + inputs * outputs, outputs, activation, out)
        expect(out).toBeAllClose(
          naive(x.map(Math.fround), rows, inputs, kernel.map(Math.fround), bias.map(Math.fround), activation),
          1e-6,
          2e-7,
        )
      }),
    )
  })

  test('gives a row the same bits whatever stands beside it', () => {
    const parameters = Float32Array.from({ length: 7 * 5 + 5 }, (_, i) => Math.sin(i))
    const x = Float32Array.from({ length: 6 * 7 }, (_, i) => Math.cos(i))
    const together = new Float32Array(6 * 5)
    dense(x, 6, 7, parameters, 0, 35, 5, 'tanh', together)
    for (let row = 0; row < 6; row++) {
      const alone = new Float32Array(5)
      dense(x.slice(row * 7, row * 7 + 7), 1, 7, parameters, 0, 35, 5, 'tanh', alone)
      expect([...alone]).toEqual([...together.slice(row * 5, row * 5 + 5)])
    }
  })
})

function naive(x: number[], rows: number, inputs: number, kernel: number[], bias: number[], activation: Activation): number[] {
  const outputs = bias.length
  const f = {
    linear: (v: number) => v,
    tanh: Math.tanh,
    relu: (v: number) => Math.max(0, v),
    elu: (v: number) => (v < 0 ? Math.exp(v) - 1 : v),
  }
  return Array.from({ length: rows * outputs }, (_, i) => {
    const [row, n] = [Math.floor(i / outputs), i % outputs]
    let sum = bias[n]!
    for (let k = 0; k < inputs; k++) sum += x[row * inputs + k]! * kernel[k * outputs + n]!
    return f[activation](sum)
  })
}
