/** The recurrent kernels against the same layers written with TensorFlow.js operations: values and gradients. */
import {
  add,
  concat,
  grads,
  matMul,
  memory,
  mul,
  randomNormal,
  reshape,
  sigmoid,
  slice,
  stack,
  sum,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
  tanh,
  tidy,
  unstack,
  zeros,
} from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { lstmRecurrence, tanhRecurrence } from '../../examples/support/recurrence.js'
import { selectBackend } from '../../src/backend/backends.js'

beforeAll(() => selectBackend('cpu'))

function tanhByOperations(z: Tensor3D, weights: Tensor2D): Tensor3D {
  let h: Tensor = zeros([z.shape[1], weights.shape[0]])
  return stack(
    unstack(z).map((now) => {
      h = tanh(add(now, matMul(h as Tensor2D, weights)))
      return h
    }),
  ) as Tensor3D
}

function lstmByOperations(z: Tensor3D, weights: Tensor2D): Tensor3D {
  const [units, batch] = [weights.shape[0], z.shape[1]]
  let h: Tensor = zeros([batch, units])
  let c: Tensor = zeros([batch, units])
  return stack(
    unstack(z).map((now) => {
      const all = add(now, matMul(h as Tensor2D, weights))
      const gate = (n: number) => slice(all, [0, n * units], [batch, units])
      c = add(mul(sigmoid(gate(1)), c), mul(sigmoid(gate(0)), tanh(gate(2))))
      h = mul(sigmoid(gate(3)), tanh(c))
      return h
    }),
  ) as Tensor3D
}

describe.each([
  ['tanh', tanhRecurrence, tanhByOperations, 1],
  ['lstm', lstmRecurrence, lstmByOperations, 4],
] as const)('%s', (_name, kernel, operations, gates) => {
  // units that are no multiple of four, one row
  test.each([
    [5, 3, 4],
    [4, 2, 7],
    [2, 2, 3],
    [6, 1, 1],
  ])('%i steps, batch %i, %i units: as with operations', (time, batch, units) => {
    const before = memory().numTensors
    tidy(() => {
      const z = randomNormal([time, batch, gates * units], 0, 1, 'float32', 1) as Tensor3D
      const weights = randomNormal([units, gates * units], 0, 0.7, 'float32', 2) as Tensor2D
      const mix = randomNormal([time, batch, units], 0, 1, 'float32', 3) // weighs every output differently
      const gradient = (f: typeof kernel) => {
        const [dz, dw] = grads((a: Tensor, b: Tensor) => sum(mul(f(a as Tensor3D, b as Tensor2D), mix)))([z, weights])
        return concat([reshape(dz!, [-1]), reshape(dw!, [-1])])
      }
      expect(kernel(z, weights).dataSync()).toBeAllClose(operations(z, weights).dataSync(), 1e-5, 1e-6)
      expect(gradient(kernel).dataSync()).toBeAllClose(gradient(operations).dataSync(), 1e-4, 1e-5)
    })
    expect(memory().numTensors).toBe(before)
  })
})
