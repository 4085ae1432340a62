/** The filter gradient that the WebAssembly backend lacks, against the cpu backend's. */
import {
  conv2d,
  dispose,
  memory,
  mul,
  randomNormal,
  type Scalar,
  scalar,
  square,
  sum,
  type Tensor4D,
  variable,
  variableGrads,
} from '@tensorflow/tfjs-core'
import { describe, expect, test } from 'vitest'
import { registerConvGradient } from '../../examples/support/conv-gradient.js'
import { selectBackend } from '../../src/backend/backends.js'

/** Gradients with respect to the filter, and to a factor of the input. */
async function gradients(backend: string, strides: number, padding: 'same' | 'valid'): Promise<{ filter: number[]; factor: number }> {
  await selectBackend(backend, undefined, { accelerate: false })
  const x = randomNormal([4, 9, 8, 3], 0, 1, 'float32', 1) as Tensor4D
  const filter = variable(randomNormal([3, 2, 3, 5], 0, 1, 'float32', 2) as Tensor4D)
  const factor = variable(scalar(2))
  const before = memory().numTensors
  const loss = () => sum(square(conv2d(mul(x, factor) as Tensor4D, filter as unknown as Tensor4D, strides, padding))) as Scalar
  const { value, grads } = variableGrads(loss, [filter, factor])
  const found = { filter: [...grads[filter.name]!.dataSync()], factor: grads[factor.name]!.dataSync()[0]! }
  dispose([value, ...Object.values(grads)])
  expect(memory().numTensors).toBe(before)
  expect(x.dataSync().every(Number.isFinite)).toBe(true) // its data was only lent
  dispose([x, filter, factor])
  return found
}

describe('conv2d on wasm', () => {
  test.each([
    [1, 'same'],
    [1, 'valid'],
    [2, 'same'],
    [2, 'valid'],
    [3, 'same'],
  ] as const)('stride %i, padding %s: the gradients of cpu', async (strides, padding) => {
    registerConvGradient()
    const [expected, got] = [await gradients('cpu', strides, padding), await gradients('wasm', strides, padding)]
    expect(got.filter).toBeAllClose(expected.filter, 1e-4, 1e-3)
    expect(got.factor).toBeCloseTo(expected.factor, -2)
  })
})
