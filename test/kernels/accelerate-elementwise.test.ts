import * as tf from '@tensorflow/tfjs-core'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Acceleration } from '../../src/kernels/accelerate.js'
import { accelerated, BUILDS, gradientsOf, numbers, onBoth, seed, size } from './both-backends.js'

describe.each(BUILDS)('sums and elementwise kernels, %s build', (build) => {
  let acceleration: Acceleration
  beforeAll(async () => {
    acceleration = await accelerated({ build })
  })
  afterAll(() => acceleration.undo())

  test('tanh: any length, and its gradient', async () => {
    await fc.assert(
      fc.asyncProperty(size(70), seed, async (n, seed) => {
        const { cpu, wasm } = await onBoth(() => {
          const x = tf.mul(numbers([n], seed), 6)
          return [tf.tanh(x), ...gradientsOf(tf.tanh as never, [x])]
        })
        for (const [i, expected] of cpu.entries()) expect(wasm[i]).toBeAllClose(expected, 1e-6, 1e-6)
      }),
      { numRuns: 40 },
    )
  })

  test('tanh: limits and NaN', () => {
    const x = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 50, -50, 1e-20]
    const y = tf.tidy(() => [...tf.tanh(tf.tensor1d(x)).dataSync()])
    expect(y[0]).toBeNaN()
    expect(y.slice(1)).toBeAllClose([1, -1, 0, 1, -1, 1e-20], 1e-6)
  })

  test('sum: any axes, with and without keeping them', async () => {
    const shapes = fc.array(size(7), { minLength: 1, maxLength: 4 })
    const cases = shapes.chain((shape) =>
      fc.record({ shape: fc.constant(shape), axes: fc.subarray(shape.map((_, i) => i)), keep: fc.boolean(), seed }),
    )
    await fc.assert(
      fc.asyncProperty(cases, async ({ shape, axes, keep, seed }) => {
        const { cpu, wasm } = await onBoth(() => {
          const x = numbers(shape, seed)
          return [
            tf.sum(x, axes.length > 0 ? axes : undefined, keep),
            ...gradientsOf(((t: tf.Tensor) => tf.sum(t, axes, keep)) as never, [x]),
          ]
        })
        for (const [i, expected] of cpu.entries()) expect(wasm[i]).toBeAllClose(expected, 1e-5, 1e-5)
      }),
      { numRuns: 100 },
    )
  })

  test('sum: 100,000 numbers lose nothing that float32 can hold', () => {
    const [rows, columns] = tf.tidy(() => [
      [...tf.sum(tf.fill([100_000, 5], 0.1), 0).dataSync()],
      [...tf.sum(tf.fill([5, 100_000], 0.1), 1).dataSync()],
    ])
    for (const total of [...rows!, ...columns!]) expect(Math.abs(total - 10_000) / 10_000).toBeLessThan(1e-5)
  })

  test('sum: whole numbers and truth values still go to the stock kernel', async () => {
    const { cpu, wasm } = await onBoth(() => [tf.sum(tf.tensor1d([1, 2, 3], 'int32')), tf.sum(tf.tensor1d([1, 0, 1], 'bool'))])
    expect(wasm).toEqual(cpu)
  })

  test('clones and casts share their elements and count as tensors of their own', () => {
    const before = tf.memory().numTensors
    const x = tf.tensor1d([1, 2, 3])
    const clone = tf.clone(x)
    const same = tf.cast(x, 'float32')
    const whole = tf.cast(tf.tensor1d([1.7, -1.7]), 'int32')
    x.dispose()
    expect([...clone.dataSync(), ...same.dataSync(), ...whole.dataSync()]).toEqual([1, 2, 3, 1, 2, 3, 1, -1])
    clone.dispose()
    expect([...same.dataSync()]).toEqual([1, 2, 3])
    same.dispose()
    whole.dispose()
    expect(tf.memory().numTensors).toBe(before + 1) // what was cast
  })

  test('a clone of a variable does not follow it', () => {
    const variable = tf.variable(tf.tensor1d([1, 2]))
    const clone = tf.clone(variable)
    variable.assign(tf.tensor1d([3, 4]))
    expect([...clone.dataSync()]).toEqual([1, 2])
    tf.dispose([variable, clone])
  })

  test('unsortedSegmentSum: also with segments that nothing belongs to, and rows that belong nowhere', async () => {
    const cases = fc.record({ rows: size(12), inner: fc.array(size(6), { maxLength: 2 }), segments: size(6), seed })
    await fc.assert(
      fc.asyncProperty(cases, async ({ rows, inner, segments, seed }) => {
        const { cpu, wasm } = await onBoth(() => {
          const ids = Int32Array.from({ length: rows }, (_, i) => ((seed >> (i % 20)) % (segments + 2)) - 1)
          return tf.unsortedSegmentSum(numbers([rows, ...inner], seed), tf.tensor1d(ids, 'int32'), segments)
        })
        expect(wasm[0]).toBeAllClose(cpu[0]!, 1e-5, 1e-5)
      }),
      { numRuns: 60 },
    )
  })

  test('gather: any shape, axis and type', async () => {
    const cases = fc.array(size(6), { minLength: 1, maxLength: 3 }).chain((shape) =>
      fc.integer({ min: 0, max: shape.length - 1 }).chain((axis) =>
        fc.record({
          ...{ shape: fc.constant(shape), axis: fc.constant(axis), seed, whole: fc.boolean() },
          ids: fc.array(fc.integer({ min: 0, max: shape[axis]! - 1 }), { maxLength: 9 }),
        }),
      ),
    )
    await fc.assert(
      fc.asyncProperty(cases, async ({ shape, axis, seed, whole, ids }) => {
        const { cpu, wasm } = await onBoth(() => {
          const x = numbers(shape, seed)
          return tf.gather(whole ? tf.cast(tf.mul(x, 9), 'int32') : x, tf.tensor1d(ids, 'int32'), axis)
        })
        expect(wasm).toEqual(cpu)
      }),
      { numRuns: 60 },
    )
  })

  test('gather: batches go to the stock kernel, and a row that does not exist is an error', async () => {
    const { cpu, wasm } = await onBoth(() => tf.gather(numbers([2, 3, 2], 1), tf.tensor2d([1, 0, 2, 2], [2, 2], 'int32'), 1, 1))
    expect(wasm).toEqual(cpu)
    const tensors = tf.memory().numTensors
    for (const id of [3, -1])
      expect(() => tf.tidy(() => tf.gather(numbers([3, 2], 1), tf.tensor1d([id], 'int32')))).toThrow(/GatherV2: the index value/)
    expect(tf.memory().numTensors).toBe(tensors)
  })

  test('sqrt: exact, NaN below 0', async () => {
    const { cpu, wasm } = await onBoth(() => tf.sqrt(tf.tensor1d([0, 1, 2, 3, 1e-30, 1e30, Number.POSITIVE_INFINITY, -1, Number.NaN])))
    expect(wasm).toEqual(cpu)
  })

  test('the gradient of gather along every axis', async () => {
    for (const axis of [0, 1, 2]) {
      const { cpu, wasm } = await onBoth(() =>
        gradientsOf(((x: tf.Tensor) => tf.gather(x, tf.tensor1d([2, 0, 2], 'int32'), axis)) as never, [numbers([3, 4, 5], 9)]),
      )
      expect(wasm[0]).toBeAllClose(cpu[0]!, 1e-6, 1e-6)
    }
  })
})
