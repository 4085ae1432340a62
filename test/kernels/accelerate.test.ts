import * as tf from '@tensorflow/tfjs-core'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { selectBackend } from '../../src/backend/backends.js'
import type { WasmBackend } from '../../src/kernels/accelerate/tfjs.js'
import { type Acceleration, accelerate, type Tf } from '../../src/kernels/accelerate.js'
import { numbers } from './both-backends.js'

const NAMES = accelerate({ ...tf, version_core: '0.0.0' }).kernels.map(({ name }) => name)

const registered = () => NAMES.map((name) => tf.getKernel(name, 'wasm'))
const product = () => tf.tidy(() => [...tf.matMul(numbers([5, 7], 1), numbers([3, 7], 2), false, true).dataSync()])
const backend = () => tf.backend() as unknown as WasmBackend & { wasm: { _malloc(bytes: number): number; HEAPU8: Uint8Array } }

let stock: ReturnType<typeof registered>
let undo: Acceleration[] = []
const start = (options?: Parameters<typeof accelerate>[1], given: Tf = tf): Acceleration => {
  const acceleration = accelerate(given, options)
  undo.push(acceleration)
  return acceleration
}

beforeEach(async () => {
  await selectBackend('wasm', undefined, { accelerate: false })
  stock = registered()
})
afterEach(() => {
  for (const acceleration of undo) acceleration.undo()
  undo = []
  expect(registered()).toEqual(stock)
})

describe('what is registered', () => {
  test('every kernel has a line in the report; those that stock wasm lacks are added', () => {
    const { active, kernels, message } = start()
    expect(active).toBe(true)
    expect(kernels).toHaveLength(16)
    expect(kernels.filter(({ state }) => state === 'added').map(({ name }) => name)).toEqual([
      'Conv2DBackpropFilter',
      'DepthwiseConv2dNativeBackpropFilter',
      'DepthwiseConv2dNativeBackpropInput',
      'UnsortedSegmentSum',
    ])
    expect(kernels.every(({ reason }) => reason.length > 0)).toBe(true)
    expect(message).toContain('16 kernels')
  })

  test('undo restores the very kernels that were there, and is harmless twice', () => {
    const acceleration = start()
    expect(registered()).not.toEqual(stock)
    acceleration.undo()
    acceleration.undo()
    expect(registered()).toEqual(stock)
    expect(tf.getKernel('Conv2DBackpropFilter', 'wasm')).toBeUndefined()
  })

  test('a second acceleration replaces the first, whose undo then does nothing', () => {
    const first = start({ build: 'strict' })
    const second = start()
    first.undo()
    expect(registered()).not.toEqual(stock)
    second.undo()
    expect(registered()).toEqual(stock)
  })

  test('kernels can be left out', () => {
    const { kernels } = start({ except: ['Tanh', 'Conv2D'] })
    expect(kernels.filter(({ state }) => state === 'stock').map(({ name }) => name)).toEqual(['Tanh', 'Conv2D'])
    expect(tf.getKernel('Tanh', 'wasm')).toBe(stock[NAMES.indexOf('Tanh')])
    expect(() => accelerate(tf, { except: ['Tan'] })).toThrow('there is no kernel "Tan"')
  })

  test('both builds agree to rounding', () => {
    start({ build: 'strict' })
    const strict = product()
    start()
    expect(product()).toBeAllClose(strict, 1e-6, 1e-6)
  })
})

describe('what is refused leaves everything as it is', () => {
  const refused = (given: Tf, why: string) => {
    const { active, build, kernels, message } = accelerate(given)
    expect({ active, build }).toEqual({ active: false, build: null })
    expect(message).toContain(why)
    expect(kernels.every(({ state, reason }) => state === 'stock' && reason.includes(why))).toBe(true)
    expect(registered()).toEqual(stock)
  }

  test('another version', () => {
    refused({ ...tf, version_core: '4.23.0' }, 'this is 4.23.0')
    refused({ ...tf, version_core: '4.2.0' }, 'npm install @tensorflow/tfjs-core@4.22.0')
  })

  test('another backend', async () => {
    await selectBackend('cpu')
    refused(tf, 'the active backend is cpu')
  })

  test('another layout', () => {
    const real = backend()
    const like = (changes: object): Tf => ({ ...tf, backend: () => Object.assign(Object.create(real), changes) as unknown })
    refused(like({ wasm: { asm: real.wasm.asm } }), 'no wasm._malloc')
    refused(like({ dataIdMap: undefined }), 'no dataIdMap')
    refused(like({ makeOutput: undefined }), 'no makeOutput')
    refused(like({ wasm: { ...real.wasm, asm: {} } }), 'shows no WebAssembly memory')
    refused(like({ dataIdMap: { get: () => ({}), set: () => {}, has: () => false } }), 'no memoryOffset')
    refused(like({ dataIdMap: { get: () => ({}) } }), 'makes no tensors')
    refused(like({ readSync: () => [0, 0, 0] }), 'do not lie at memoryOffset')
    const threads = { memory: Object.create(WebAssembly.Memory.prototype, { buffer: { value: new SharedArrayBuffer(8) } }) }
    refused(like({ wasm: { ...real.wasm, asm: threads } }), 'several threads')
  })
})

describe('memory', () => {
  test('1,000 calls of every kernel leave no tensor and no bytes behind', () => {
    start()
    const x = numbers([2, 6, 6, 3], 1)
    const w = numbers([3, 3, 3, 5], 2)
    const deep = numbers([3, 3, 3, 2], 3)
    const table = numbers([6, 5], 4)
    const step = () =>
      tf.tidy(() => {
        const { grads } = tf.valueAndGrads((a, b, c, d) => {
          const convolved = tf.maxPool(tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, 1, 'same'), 2, 2, 'valid')
          const apart = tf.depthwiseConv2d(a as tf.Tensor4D, c as tf.Tensor4D, 1, 'same')
          const rows = tf.gather(d, tf.tensor1d([1, 4, 1], 'int32'))
          const fused = tf.fused.matMul({ a: rows, b: d, transposeB: true, activation: 'relu' })
          return tf.addN([tf.sum(tf.sqrt(tf.relu(tf.tanh(convolved)))), tf.sum(apart), tf.sum(tf.cast(fused, 'float32'))])
        })([x, w, deep, table])
        return grads.length
      })
    for (let i = 0; i < 20; i++) step()
    const before = { ...tf.memory(), heap: backend().wasm.HEAPU8.length }
    for (let i = 0; i < 1000; i++) step()
    expect({ ...tf.memory(), heap: backend().wasm.HEAPU8.length }).toEqual(before)
    tf.dispose([x, w, deep, table])
  })

  test('a full heap is an error with a remedy, and what lies there stays as it was', () => {
    const { wasm } = backend()
    wasm._free(wasm._malloc(8)) // the first call replaces itself
    const malloc = wasm._malloc
    let limit = Number.POSITIVE_INFINITY
    wasm._malloc = (bytes) => (bytes > limit ? 0 : malloc(bytes)) // as malloc does when the heap is full
    try {
      start()
      const [a, b] = [numbers([40, 50], 1), numbers([50, 30], 2)]
      const before = [...a.dataSync()]
      const tensors = tf.memory().numTensors
      const areas = tf.backend().numDataIds()
      limit = 4000
      expect(() => tf.matMul(a, b)).toThrow(/no room for 0\.1 MiB.*Dispose of tensors/) // the scratch area
      limit = Number.POSITIVE_INFINITY
      tf.dispose(tf.matMul(a, b))
      limit = 4000
      expect(() => tf.matMul(a, b)).toThrow(/no room for 0\.0 MiB.*Dispose of tensors/) // the product
      expect(() => tf.fill([2000], 7)).toThrow(/no room/) // stock kernels too
      limit = Number.POSITIVE_INFINITY
      expect([...a.dataSync()]).toEqual(before)
      expect([tf.memory().numTensors, tf.backend().numDataIds()]).toEqual([tensors, areas])
      expect(tf.tidy(() => tf.matMul(a, b).dataSync().every(Number.isFinite))).toBe(true)
      tf.dispose([a, b])
      for (const acceleration of undo) acceleration.undo()
    } finally {
      wasm._malloc = malloc
    }
  })
})

test('what no kernel can do is an error that says so', () => {
  start()
  expect(() => tf.tidy(() => tf.unsortedSegmentSum(tf.tensor1d([1, 2], 'int32'), tf.tensor1d([0, 1], 'int32'), 2))).toThrow(
    'UnsortedSegmentSum on wasm: expected float32 tensors, channels last; got x int32 [2], segmentIds int32 [2]',
  )
})

test('a backend that is removed and started again is accelerated on its new heap', async () => {
  start()
  const expected = product()
  const before = backend()
  const factory = tf.findBackendFactory('wasm')
  tf.removeBackend('wasm')
  tf.registerBackend('wasm', factory, 2)
  await tf.setBackend('wasm')
  expect(backend()).not.toBe(before)
  expect(product()).toEqual(expected)
  expect(registered()).not.toEqual(stock)
})
