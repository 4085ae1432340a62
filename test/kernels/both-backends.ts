/** The same computation on the cpu backend, which is the oracle, and on wasm with our kernels. */
import * as tf from '@tensorflow/tfjs-core'
import fc from 'fast-check'
import { selectBackend } from '../../src/backend/backends.js'
import { type AccelerateOptions, type Acceleration, accelerate } from '../../src/kernels/accelerate.js'

export type Numbers = readonly number[]

/** The two builds; the second only where the processor fuses. */
export const BUILDS = ['strict', 'auto'] as const

/** wasm active and accelerated. */
export async function accelerated(options?: AccelerateOptions): Promise<Acceleration> {
  await selectBackend('cpu')
  await selectBackend('wasm', undefined, { accelerate: false })
  return accelerate(tf, options)
}

/** What `compute` returns on each backend, as plain arrays. Leaves wasm active and no tensor behind. */
export async function onBoth(compute: () => tf.Tensor | tf.Tensor[]): Promise<{ readonly cpu: Numbers[]; readonly wasm: Numbers[] }> {
  const results: Record<string, Numbers[]> = {}
  for (const backend of ['cpu', 'wasm']) {
    await tf.setBackend(backend)
    results[backend] = tf.tidy(() => [compute()].flat().map((tensor) => [tensor.shape, [...tensor.dataSync()]].flat()))
  }
  return { cpu: results['cpu']!, wasm: results['wasm']! }
}

/** A tensor of reproducible numbers in [-1, 1], about one in six of them exactly 0. */
export function numbers(shape: readonly number[], seed: number): tf.Tensor {
  const size = shape.reduce((product, n) => product * n, 1)
  let state = seed | 1
  const values = Float32Array.from({ length: size }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0
    return state % 6 === 0 ? 0 : (state >>> 8) / 2 ** 23 - 1
  })
  return tf.tensor(values, [...shape], 'float32')
}

/** Gradients of the sum of `f` weighted by fixed numbers, so that every output has a gradient of its own. */
export function gradientsOf(f: (...inputs: tf.Tensor[]) => tf.Tensor, inputs: tf.Tensor[]): tf.Tensor[] {
  return tf.grads((...given: tf.Tensor[]) => {
    const y = f(...given)
    return tf.sum(tf.mul(y, numbers(y.shape, 77)))
  })(inputs)
}

export const size = (max: number) => fc.integer({ min: 1, max })
export const seed = fc.integer({ min: 1, max: 2 ** 30 })
