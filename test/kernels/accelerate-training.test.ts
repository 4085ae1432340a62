/** Models that stock wasm cannot train at all: they learn here. */
import * as tf from '@tensorflow/tfjs-core'
import { initializers, layers, type Sequential, sequential } from '@tensorflow/tfjs-layers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Acceleration, accelerate } from '../../src/kernels/accelerate.js'
import { accelerated, numbers } from './both-backends.js'

let acceleration: Acceleration
beforeAll(async () => {
  acceleration = await accelerated()
})
afterAll(() => acceleration.undo())

const start = (seed: number) => initializers.glorotUniform({ seed })

/** Images of 8 × 8 with a bright horizontal or vertical line, and which it is. */
function lines(count: number): [tf.Tensor, tf.Tensor] {
  return tf.tidy(() => {
    const noise = tf.mul(numbers([count, 8, 8, 1], 11), 0.4) as tf.Tensor4D
    const images = tf.buffer([count, 8, 8, 1])
    for (let i = 0; i < count; i++)
      for (let k = 0; k < 8; k++) {
        const at = (i * 5) % 8
        images.set(1, i, i % 2 === 0 ? at : k, i % 2 === 0 ? k : at, 0)
      }
    return [
      tf.add(images.toTensor(), noise),
      tf.oneHot(
        tf.tensor1d(
          Int32Array.from({ length: count }, (_, i) => i % 2),
          'int32',
        ),
        2,
      ),
    ]
  })
}

function cnn(): Sequential {
  const model = sequential()
  model.add(
    layers.conv2d({ inputShape: [8, 8, 1], filters: 6, kernelSize: 3, padding: 'same', activation: 'tanh', kernelInitializer: start(1) }),
  )
  model.add(layers.maxPooling2d({ poolSize: 2 })) // after tanh: windows of negative numbers
  model.add(layers.separableConv2d({ filters: 7, kernelSize: 3, depthwiseInitializer: start(2), pointwiseInitializer: start(3) }))
  model.add(layers.reLU())
  model.add(layers.conv2d({ filters: 5, kernelSize: 2, activation: 'relu', kernelInitializer: start(4) }))
  model.add(layers.flatten())
  model.add(layers.dense({ units: 2, activation: 'softmax', kernelInitializer: start(5) }))
  model.compile({ optimizer: tf.train.adam(0.01), loss: 'categoricalCrossentropy', metrics: ['accuracy'] })
  return model
}

describe('model.fit', () => {
  test('a small convolutional network learns to tell lines apart, and leaves no tensor behind', async () => {
    const before = tf.memory().numTensors
    const [images, labels] = lines(96)
    const model = cnn()
    const { history } = await model.fit(images, labels, { epochs: 15, batchSize: 24, shuffle: false, verbose: 0 })
    expect(history['acc']!.at(-1)).toBeGreaterThan(0.95)
    expect(history['loss']!.at(-1)!).toBeLessThan(0.3 * (history['loss']![0] as number))
    model.dispose()
    model.optimizer.dispose()
    tf.dispose([images, labels])
    expect(tf.memory().numTensors - before).toBeLessThanOrEqual(1) // a constant that tfjs-layers keeps for later models
  })

  test('which stock wasm cannot', async () => {
    acceleration.undo()
    const [images, labels] = lines(8)
    const model = cnn()
    await expect(model.fit(images, labels, { epochs: 1, verbose: 0 })).rejects.toThrow(/BackpropFilter.*not registered/)
    acceleration = accelerate(tf)
  })

  test('an embedding learns', async () => {
    const model = sequential()
    model.add(
      layers.embedding({ inputDim: 12, outputDim: 5, inputLength: 3, embeddingsInitializer: initializers.randomUniform({ seed: 6 }) }),
    )
    model.add(layers.flatten())
    model.add(layers.dense({ units: 1, kernelInitializer: start(7) }))
    model.compile({ optimizer: tf.train.adam(0.02), loss: 'meanSquaredError' })
    const words = Array.from({ length: 64 }, (_, i) => [i % 12, (i * 5) % 12, (i * 7) % 12])
    const x = tf.tensor2d(words)
    const y = tf.tensor2d(words.map(([a, b, c]) => [(a! + b! - c!) / 12]))
    const { history } = await model.fit(x, y, { epochs: 40, batchSize: 16, shuffle: false, verbose: 0 })
    expect(history['loss']!.at(-1)!).toBeLessThan(0.05 * (history['loss']![0] as number))
    model.dispose()
    tf.dispose([x, y])
  })
})

test('the same seed gives the same bits', () => {
  const run = () =>
    tf.tidy(() => {
      const w = numbers([3, 3, 4, 16], 1)
      const f = (w: tf.Tensor) => tf.sum(tf.square(tf.conv2d(numbers([4, 10, 10, 4], 2) as tf.Tensor4D, w as tf.Tensor4D, 1, 'valid')))
      return [...tf.grad(f)(w).dataSync()]
    })
  expect(run()).toEqual(run())
})
