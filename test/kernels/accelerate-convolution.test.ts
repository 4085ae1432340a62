import * as tf from '@tensorflow/tfjs-core'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Acceleration } from '../../src/kernels/accelerate.js'
import { accelerated, BUILDS, gradientsOf, numbers, onBoth, seed, size } from './both-backends.js'

const image = { batch: size(2), height: fc.integer({ min: 4, max: 11 }), width: fc.integer({ min: 4, max: 11 }), channels: size(6) }
const filter = { filterHeight: size(4), filterWidth: size(4) }
const stride = fc.tuple(size(3), size(3))
const padding = fc.constantFrom('valid', 'same', 1)
const convolutions = fc.record({ ...image, ...filter, out: size(11), stride, padding, seed })
type Convolution = typeof convolutions extends fc.Arbitrary<infer S> ? S : never

/** tfjs allows a number as padding only where it divides evenly with 'floor'. */
const rounding = (padding: unknown) => (typeof padding === 'number' ? ('floor' as const) : undefined)

const inputs = ({ batch, height, width, channels, filterHeight, filterWidth, seed }: Convolution, out: number) => [
  numbers([batch, height, width, channels], seed),
  numbers([filterHeight, filterWidth, channels, out], seed + 1),
]

describe.each(BUILDS)('convolutions, %s build', (build) => {
  let acceleration: Acceleration
  beforeAll(async () => {
    acceleration = await accelerated({ build })
  })
  afterAll(() => acceleration.undo())

  const equal = async (compute: () => tf.Tensor | tf.Tensor[]) => {
    const { cpu, wasm } = await onBoth(compute)
    for (const [i, expected] of cpu.entries()) expect(wasm[i]).toBeAllClose(expected, 1e-5, 3e-5)
  }

  test('conv2d and both gradients, any shape, stride and padding', async () => {
    await fc.assert(
      fc.asyncProperty(convolutions, async (c) => {
        const f = (x: tf.Tensor, w: tf.Tensor) =>
          tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, c.stride, c.padding as 'same', 'NHWC', 1, rounding(c.padding))
        await equal(() => {
          const [x, w] = inputs(c, c.out) as [tf.Tensor, tf.Tensor]
          return typeof c.padding === 'number' ? f(x, w) : [f(x, w), ...gradientsOf(f as never, [x, w])]
        })
      }),
      { numRuns: 40 },
    )
  })

  test('explicit padding on each side', async () => {
    const pad = [
      [0, 0],
      [2, 1],
      [0, 3],
      [0, 0],
    ] as tf.backend_util.ExplicitPadding
    const f = (x: tf.Tensor, w: tf.Tensor) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, pad)
    await equal(() => {
      const given = [numbers([2, 6, 5, 3], 1), numbers([3, 2, 3, 7], 2)]
      return [f(given[0]!, given[1]!), ...gradientsOf(f as never, given)]
    })
  })

  test('dilated conv2d, forward', async () => {
    await fc.assert(
      fc.asyncProperty(convolutions, fc.tuple(size(2), size(2)), async (c, dilation) => {
        await equal(() => {
          const [x, w] = inputs({ ...c, filterHeight: 2, filterWidth: 2 }, c.out) as [tf.Tensor4D, tf.Tensor4D]
          return tf.conv2d(x, w, 1, 'same', 'NHWC', dilation)
        })
      }),
      { numRuns: 30 },
    )
  })

  test('a filter of one pixel, and more channels than one block holds', async () => {
    const f = (x: tf.Tensor, w: tf.Tensor) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'valid')
    for (const [shape, kernel] of [
      [
        [2, 5, 4, 7],
        [1, 1, 7, 9],
      ],
      [
        [1, 4, 4, 70],
        [2, 2, 70, 20],
      ],
      [
        [9, 8, 8, 3],
        [3, 3, 3, 260],
      ],
    ] as const) {
      await equal(() => {
        const given = [numbers(shape, 1), numbers(kernel, 2)]
        return [f(given[0]!, given[1]!), ...gradientsOf(f as never, given)]
      })
    }
  })

  test.each(['linear', 'relu', 'relu6', 'elu', 'sigmoid', 'leakyrelu', 'prelu'] as const)('fused with bias and %s', async (activation) => {
    await fc.assert(
      fc.asyncProperty(convolutions, async (c) => {
        await equal(() => {
          const [x, w] = inputs(c, c.out) as [tf.Tensor4D, tf.Tensor4D]
          return tf.fused.conv2d({
            ...{ x, filter: w, strides: c.stride, pad: 'same', bias: numbers([c.out], 3), activation, leakyreluAlpha: 0.3 },
            ...(activation === 'prelu' && { preluActivationWeights: numbers([c.out], 4) }),
          })
        })
      }),
      { numRuns: 10 },
    )
  })

  test('conv2dTranspose, forward and gradients', async () => {
    await fc.assert(
      fc.asyncProperty(convolutions, async (c) => {
        const f = (x: tf.Tensor, w: tf.Tensor) =>
          tf.conv2dTranspose(
            x as tf.Tensor4D,
            w as tf.Tensor4D,
            [c.batch, c.height * c.stride[0], c.width * c.stride[1], c.out],
            c.stride,
            'same',
          )
        await equal(() => {
          const given = [
            numbers([c.batch, c.height, c.width, c.channels], c.seed),
            numbers([c.filterHeight, c.filterWidth, c.out, c.channels], c.seed + 1),
          ]
          return [f(given[0]!, given[1]!), ...gradientsOf(f as never, given)]
        })
      }),
      { numRuns: 25 },
    )
  })

  test('depthwise convolution and both gradients', async () => {
    await fc.assert(
      fc.asyncProperty(convolutions, size(3), async (c, multiplier) => {
        const f = (x: tf.Tensor, w: tf.Tensor) => tf.depthwiseConv2d(x as tf.Tensor4D, w as tf.Tensor4D, c.stride, 'same')
        await equal(() => gradientsOf(f as never, inputs(c, multiplier)))
      }),
      { numRuns: 30 },
    )
  })

  test('max pooling: the gradient, also of windows that hold only negative numbers', async () => {
    await fc.assert(
      fc.asyncProperty(convolutions, fc.constantFrom('valid' as const, 'same' as const), async (c, padding) => {
        const f = (x: tf.Tensor) => tf.maxPool(x as tf.Tensor4D, [c.filterHeight, c.filterWidth], c.stride, padding)
        await equal(() => gradientsOf(f as never, [tf.sub(numbers([c.batch, c.height, c.width, c.channels], c.seed), 0.7)]))
      }),
      { numRuns: 30 },
    )
  })

  test('NaN and Infinity in an image reach what depends on them, and nothing else', async () => {
    const f = (x: tf.Tensor, w: tf.Tensor) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'same')
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
      await equal(() => {
        const poison = (shape: number[], at: number) => {
          const buffer = tf.buffer(shape as [number])
          for (let i = 0; i < buffer.size; i++) buffer.values[i] = i % 5
          buffer.values[at] = bad
          return buffer.toTensor() as tf.Tensor
        }
        const given = [poison([1, 5, 5, 2], 9), numbers([3, 3, 2, 5], 3)]
        return [f(given[0]!, given[1]!), ...gradientsOf(f as never, given)]
      })
    }
  })

  test('max pooling: a NaN keeps its gradient', () => {
    const dx = tf.tidy(() =>
      tf
        .grad((x: tf.Tensor) => tf.sum(tf.maxPool(x as tf.Tensor4D, 2, 2, 'valid')))(tf.tensor([1, Number.NaN, 3, 2], [1, 2, 2, 1]))
        .dataSync(),
    )
    expect([...dx]).toEqual([0, 1, 0, 0])
  })

  test('depthwise gradients with dilation, which the cpu backend does not know: against the sum of its definition', () => {
    const [height, width, channels, multiplier, dilation] = [7, 6, 3, 2, 2]
    tf.tidy(() => {
      const x = numbers([1, height, width, channels], 1)
      const w = numbers([2, 2, channels, multiplier], 2)
      const dy = numbers([1, height - dilation, width - dilation, channels * multiplier], 3)
      const attrs = { strides: 1, pad: 'valid', dilations: dilation }
      const run = (name: string, given: tf.NamedTensorMap, more: object) => [
        ...(tf.engine().runKernel(name, given, { ...attrs, ...more } as unknown as tf.NamedAttrMap) as tf.Tensor).dataSync(),
      ]
      const [xs, ws, dys] = [x, w, dy].map((tensor) => tensor.dataSync()) as [Float32Array, Float32Array, Float32Array]
      const dx = new Float64Array(xs.length)
      const dw = new Float64Array(ws.length)
      let d = 0
      for (let oy = 0; oy < height - dilation; oy++)
        for (let ox = 0; ox < width - dilation; ox++)
          for (let c = 0; c < channels; c++)
            for (let q = 0; q < multiplier; q++, d++)
              for (let k = 0; k < 4; k++) {
                const at = ((oy + (k >> 1) * dilation) * width + ox + (k & 1) * dilation) * channels + c
                const weight = (k * channels + c) * multiplier + q
                dx[at]! += dys[d]! * ws[weight]!
                dw[weight]! += dys[d]! * xs[at]!
              }
      expect(run('DepthwiseConv2dNativeBackpropInput', { dy, filter: w }, { inputShape: x.shape })).toBeAllClose([...dx], 1e-5, 1e-5)
      expect(run('DepthwiseConv2dNativeBackpropFilter', { x, dy }, { filterShape: w.shape })).toBeAllClose([...dw], 1e-5, 1e-5)
    })
  })
})
