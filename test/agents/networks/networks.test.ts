import * as tf from '@tensorflow/tfjs-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { actorCritic } from '../../../agents/networks/actor-critic.js'
import { categorical } from '../../../agents/networks/categorical.js'
import { gaussian } from '../../../agents/networks/gaussian.js'
import { layerForward } from '../../../agents/networks/layer-forward.js'
import type { DenseLayer } from '../../../agents/networks/layers.js'
import { initialParameters } from '../../../agents/networks/placed-network.js'
import { tensorSequences, tfLayers } from '../../../agents/networks/tf-layers.js'
import { selectBackend } from '../../../src/backend/backends.js'
import { networkSchema } from '../../../src/core/config/schema.js'
import { stream } from '../../../src/core/random.js'

const NONE = new Float32Array(0) // of a state
const network = networkSchema.parse({ hidden: [5, 3], logStdInit: -1.5 })

describe('actor and critic', () => {
  const net = actorCritic(4, gaussian(2), network)

  test('parameters have names, shapes and one place each', () => {
    expect(net.layout.slots.map(({ name, shape, network, layer }) => `${name} [${shape.join(', ')}] ${network} ${layer}`)).toEqual([
      'actor/hidden-0/kernel [4, 5] actor actor/hidden-0',
      'actor/hidden-0/bias [5] actor actor/hidden-0',
      'actor/hidden-1/kernel [5, 3] actor actor/hidden-1',
      'actor/hidden-1/bias [3] actor actor/hidden-1',
      'actor/output/kernel [3, 2] actor actor/output',
      'actor/output/bias [2] actor actor/output',
      'critic/hidden-0/kernel [4, 5] critic critic/hidden-0',
      'critic/hidden-0/bias [5] critic critic/hidden-0',
      'critic/hidden-1/kernel [5, 3] critic critic/hidden-1',
      'critic/hidden-1/bias [3] critic critic/hidden-1',
      'critic/output/kernel [3, 1] critic critic/output',
      'critic/output/bias [1] critic critic/output',
      'actor/log-std [2] actor actor/log-std',
    ])
    expect(actorCritic(4, categorical([2]), network).logStd).toBeNull()
  })

  test('first values: orthogonal with gains √2, 0.01 and 1, biases 0, log std as configured', () => {
    const parameters = initialParameters(net, network, 3)
    const of = (name: string) => {
      const { offset, size } = net.layout.slots.find((slot) => slot.name === name)!
      return parameters.slice(offset, offset + size)
    }
    const norm = (values: Float32Array) => Math.hypot(...values)
    expect(norm(of('actor/hidden-0/kernel'))).toBeCloseTo(Math.SQRT2 * Math.sqrt(4), 5) // four orthogonal rows
    expect(norm(of('critic/hidden-1/kernel'))).toBeCloseTo(Math.SQRT2 * Math.sqrt(3), 5)
    expect(norm(of('actor/output/kernel'))).toBeCloseTo(0.01 * Math.sqrt(2), 6)
    expect(norm(of('critic/output/kernel'))).toBeCloseTo(1, 6)
    for (const slot of net.layout.slots) if (slot.name.endsWith('/bias')) expect(norm(of(slot.name))).toBe(0)
    expect([...of('actor/log-std')]).toEqual([-1.5, -1.5])
    expect(initialParameters(net, network, 3)).toEqual(parameters)
    expect(initialParameters(net, network, 4)).not.toEqual(parameters)
  })

  test('no hidden layer at all is a linear policy', () => {
    const linear = actorCritic(4, categorical([2]), networkSchema.parse({ hidden: [] }))
    expect(linear.layout.slots.map(({ name }) => name)).toEqual([
      'actor/output/kernel',
      'actor/output/bias',
      'critic/output/kernel',
      'critic/output/bias',
    ])
  })
})

describe.each(['wasm', 'cpu'])('a perceptron with tensors on %s', (backend) => {
  let before = 0
  beforeAll(async () => {
    await selectBackend(backend)
    before = tf.memory().numTensors
  })
  afterAll(() => {
    expect(tf.memory().numTensors).toBe(before)
  })

  const random = stream(1, 'test')
  const rows = 9
  const x = Float32Array.from({ length: rows * 4 }, () => random.normal())

  test.each(['tanh', 'relu', 'elu'] as const)('%s: values equal the CPU pass, gradients equal the stock operations', (activation) => {
    const settings = networkSchema.parse({ hidden: [5, 3], activation })
    const net = actorCritic(4, categorical([2]), settings)
    const parameters = initialParameters(net, settings, 1).map((value) => value + 0.1 * random.normal()) // biases too
    const ours = run(net.actor, parameters, (given) => tfLayers(net.actor, tensorOf(x), given, tensorSequences(null)) as tf.Tensor2D)
    const stock = run(net.actor, parameters, (given) => stockMlp(net.actor, tensorOf(x), given))
    expect(ours.value).toBeAllClose(layerForward(net.actor, 0)(parameters, x, rows, NONE, NONE).slice(0, rows * 2), 1e-5, 1e-6)
    for (let i = 0; i < ours.gradients.length; i++) expect(ours.gradients[i]!).toBeAllClose(stock.gradients[i]!, 1e-4, 2e-6)
  })

  test.each(['tanh', 'relu', 'elu'] as const)('%s: a weight that is not a number shows in the value', (activation) => {
    const settings = networkSchema.parse({ hidden: [5, 3], activation })
    const net = actorCritic(4, categorical([2]), settings)
    const parameters = initialParameters(net, settings, 1)
    parameters[0] = Number.NaN
    expect(
      run(net.actor, parameters, (given) => tfLayers(net.actor, tensorOf(x), given, tensorSequences(null)) as tf.Tensor2D).value[0],
    ).toBeNaN()
  })

  const tensorOf = (values: Float32Array) => tf.tensor2d(values, [rows, 4])

  function run(layers: readonly DenseLayer[], parameters: Float32Array, network: (given: (name: string) => tf.Tensor) => tf.Tensor) {
    return tf.tidy(() => {
      const slots = layers.flatMap(({ kernel, bias }) => [kernel, bias])
      const tensors = slots.map(({ offset, size, shape }) => tf.tensor(parameters.slice(offset, offset + size), [...shape]))
      let value: Float32Array = new Float32Array(0)
      const gradients = tf.grads((...given: tf.Tensor[]) => {
        const y = network((name) => given[slots.findIndex((slot) => slot.name === name)]!)
        value = y.dataSync() as Float32Array
        return tf.sum(tf.square(y)) as tf.Scalar
      })(tensors)
      return { value, gradients: gradients.map((gradient) => gradient.dataSync() as Float32Array) }
    })
  }

  /** The same network in the plainest operations of TensorFlow.js, with their own gradients. */
  function stockMlp(layers: readonly DenseLayer[], input: tf.Tensor2D, given: (name: string) => tf.Tensor): tf.Tensor {
    const f = { linear: (z: tf.Tensor) => z, tanh: tf.tanh, relu: tf.relu, elu: tf.elu }
    return layers.reduce<tf.Tensor>(
      (h, { kernel, bias, activation }) =>
        f[activation](tf.add(tf.matMul(h as tf.Tensor2D, given(kernel.name) as tf.Tensor2D), given(bias.name))),
      input,
    )
  }
})

test('the CPU pass keeps its buffers: a smaller batch after a larger one is right', () => {
  const net = actorCritic(4, categorical([2]), network)
  const parameters = initialParameters(net, network, 1)
  const run = layerForward(net.actor, 0)
  const forward = (...given: readonly [Float32Array, Float32Array, number]) => run(...given, NONE, NONE)
  const x = Float32Array.from({ length: 40 }, (_, i) => Math.sin(i))
  const ten = forward(parameters, x, 10).slice(0, 20)
  expect(forward(parameters, x, 3).slice(0, 6)).toEqual(ten.slice(0, 6))
})
