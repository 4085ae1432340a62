import * as tf from '@tensorflow/tfjs-core'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Acceleration } from '../../src/kernels/accelerate.js'
import { accelerated, BUILDS, gradientsOf, numbers, onBoth, seed, size } from './both-backends.js'

const RUNS = { numRuns: 60 }

describe.each(BUILDS)('matMul, %s build', (build) => {
  let acceleration: Acceleration
  beforeAll(async () => {
    acceleration = await accelerated({ build })
  })
  afterAll(() => acceleration.undo())

  const shapes = fc.record({
    rows: size(70),
    depth: size(50),
    columns: size(40),
    transposeA: fc.boolean(),
    transposeB: fc.boolean(),
    seed,
  })
  const pair = (
    { rows, depth, columns, transposeA, transposeB, seed }: typeof shapes extends fc.Arbitrary<infer S> ? S : never,
    a: number[] = [],
    b: number[] = [],
  ) => [
    numbers([...a, ...(transposeA ? [depth, rows] : [rows, depth])], seed),
    numbers([...b, ...(transposeB ? [columns, depth] : [depth, columns])], seed + 1),
  ]

  test('every orientation: the product and its gradients equal those of the cpu backend', async () => {
    await fc.assert(
      fc.asyncProperty(shapes, async (shape) => {
        const product = (a: tf.Tensor, b: tf.Tensor) => tf.matMul(a, b, shape.transposeA, shape.transposeB)
        const { cpu, wasm } = await onBoth(() => {
          const [a, b] = pair(shape) as [tf.Tensor, tf.Tensor]
          return [product(a, b), ...gradientsOf(product as never, [a, b])]
        })
        for (const [i, expected] of cpu.entries()) expect(wasm[i]).toBeAllClose(expected, 1e-5, 2e-5)
      }),
      RUNS,
    )
  })

  test('batches, also broadcast', async () => {
    const outer = fc.constantFrom<number[][]>(
      [[2], [2]],
      [
        [3, 2],
        [3, 2],
      ],
      [[1], [3]],
      [[3], [1]],
      [[3], []],
      [[], [3]],
    )
    await fc.assert(
      fc.asyncProperty(shapes, outer, async (shape, [left, right]) => {
        const { cpu, wasm } = await onBoth(() => {
          const [a, b] = pair(shape, left, right) as [tf.Tensor, tf.Tensor]
          return tf.matMul(a, b, shape.transposeA, shape.transposeB)
        })
        expect(wasm[0]).toBeAllClose(cpu[0]!, 1e-5, 2e-5)
      }),
      RUNS,
    )
  })

  test('both sides broadcast, which the cpu backend gets wrong', () => {
    const y = tf.tidy(() => {
      const a = tf.tensor([1, 2], [2, 1, 1, 1])
      const b = tf.tensor([10, 20, 30], [1, 3, 1, 1])
      const product = tf.matMul(a, b)
      return [product.shape, [...product.dataSync()]]
    })
    expect(y).toEqual([
      [2, 3, 1, 1],
      [10, 20, 30, 20, 40, 60],
    ])
  })

  test('long sums and wide rows, whose factors are cut into blocks', async () => {
    for (const [rows, depth, columns, transposeA, transposeB] of [
      [130, 600, 20, false, false],
      [260, 700, 33, true, false],
      [7, 1030, 9, false, true],
      [125, 513, 17, true, true],
    ] as const) {
      const { cpu, wasm } = await onBoth(() => {
        const [a, b] = pair({ rows, depth, columns, transposeA, transposeB, seed: 5 }) as [tf.Tensor, tf.Tensor]
        return tf.matMul(a, b, transposeA, transposeB)
      })
      expect(wasm[0]).toBeAllClose(cpu[0]!, 1e-5, 2e-4)
    }
  })

  test('NaN and Infinity reach every number that depends on them, and no other', async () => {
    const { cpu, wasm } = await onBoth(() => {
      const a = tf.tensor2d([1, Number.NaN, 2, 3, Number.POSITIVE_INFINITY, 4], [3, 2])
      return [tf.matMul(a, tf.ones([2, 9])), tf.matMul(a, tf.ones([3, 9]), true)]
    })
    expect(wasm).toEqual(cpu)
  })

  const activations = ['linear', 'relu', 'relu6', 'elu', 'sigmoid', 'leakyrelu', 'prelu'] as const
  test.each(activations)('fused with bias and %s: forward', async (activation) => {
    await fc.assert(
      fc.asyncProperty(shapes, fc.boolean(), async (shape, withBias) => {
        const { cpu, wasm } = await onBoth(() => {
          const [a, b] = pair(shape) as [tf.Tensor, tf.Tensor]
          return tf.fused.matMul({
            ...{ a, b, transposeA: shape.transposeA, transposeB: shape.transposeB, activation },
            ...(withBias && { bias: numbers([shape.columns], 3) }),
            ...(activation === 'prelu' && { preluActivationWeights: numbers([shape.columns], 4) }),
          })
        })
        expect(wasm[0]).toBeAllClose(cpu[0]!, 1e-5, 2e-5)
      }),
      { numRuns: 15 },
    )
  })

  test.each(activations)('fused with %s passes NaN', async (activation) => {
    const y = tf.tidy(() =>
      tf.fused
        .matMul({
          ...{ a: tf.tensor2d([Number.NaN, 1], [2, 1]), b: tf.ones([1, 5]), bias: tf.zeros([5]), activation },
          ...(activation === 'prelu' && { preluActivationWeights: tf.ones([5]) }),
        })
        .dataSync(),
    )
    expect([...y.slice(0, 5)]).toEqual(Array(5).fill(Number.NaN))
    expect([...y.slice(5)].every(Number.isFinite)).toBe(true)
  })

  test.each(['linear', 'relu'] as const)('fused with bias and %s: gradients', async (activation) => {
    await fc.assert(
      fc.asyncProperty(shapes, async (shape) => {
        const { cpu, wasm } = await onBoth(() =>
          gradientsOf(
            ((a: tf.Tensor, b: tf.Tensor, bias: tf.Tensor) =>
              tf.fused.matMul({ a, b, bias, transposeA: shape.transposeA, transposeB: shape.transposeB, activation })) as never,
            [...pair(shape), numbers([shape.columns], 3)],
          ),
        )
        for (const [i, expected] of cpu.entries()) expect(wasm[i]).toBeAllClose(expected, 1e-5, 2e-5)
      }),
      { numRuns: 25 },
    )
  })
})
