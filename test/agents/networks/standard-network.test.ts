import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { categorical } from '../../../agents/networks/categorical.js'
import { gaussian } from '../../../agents/networks/gaussian.js'
import { type ImageForm, imageForm, placesOf } from '../../../agents/networks/image.js'
import type { Layer } from '../../../agents/networks/layers.js'
import { standardNetwork } from '../../../agents/networks/standard-network.js'
import type { Sequences } from '../../../agents/rollout/minibatch.js'
import { box } from '../../../envs/spaces/box.js'
import { discrete } from '../../../envs/spaces/discrete.js'
import { selectBackend } from '../../../src/backend/backends.js'
import { type NetworkInput, networkSchema } from '../../../src/core/config/schema.js'
import { stream } from '../../../src/core/random.js'

const bytes = (shape: readonly number[], high = 255) => imageForm(box({ low: 0, high, shape: [...shape], dtype: 'uint8' }))
const floats = (shape: readonly number[]) => imageForm(box({ low: -1, high: 1, shape: [...shape] }))
const small = [
  { filters: 3, size: 3, stride: 1 },
  { filters: 4, size: 2, stride: 2 },
]

const CASES: readonly (readonly [name: string, network: NetworkInput, image: ImageForm | null])[] = [
  ['perceptrons', { hidden: [7, 5] }, null],
  ['shared layers', { hidden: [7, 5], shared: true, activation: 'relu' }, null],
  ['nothing but outputs, shared', { hidden: [], shared: true }, null],
  ['convolutions of bytes', { kind: 'cnn', conv: small, hidden: [6] }, bytes([7, 8, 2])],
  ['convolutions of stacked grey frames', { kind: 'cnn', conv: small, hidden: [6], activation: 'tanh' }, bytes([2, 8, 7])],
  [
    'convolutions of stacked frames, apart',
    { kind: 'cnn', conv: small, hidden: [6], shared: false, activation: 'elu' },
    floats([2, 7, 7, 3]),
  ],
  ['an LSTM', { kind: 'lstm', memory: 5, hidden: [4] }, null],
  ['an LSTM, shared', { kind: 'lstm', memory: 5, hidden: [4], shared: true }, null],
  ['a GRU', { kind: 'gru', memory: 5, hidden: [] }, null],
  ['a GRU behind convolutions', { kind: 'gru', memory: 5, hidden: [], conv: small, shared: true, activation: 'relu' }, floats([7, 7, 1])],
]

/** A network with parameters that are all different from 0, and rows for it: 4 steps of 3 sequences. */
function problem([, settings, image]: (typeof CASES)[number], seed = 1) {
  const [steps, count] = [4, 3]
  const size = image ? image.shape.reduce((product, n) => product * n, 1) : 6
  const network = networkSchema.parse(settings)
  const net = standardNetwork(size, gaussian(2), network, image)
  const random = stream(seed, 'test')
  const numbers = (n: number) => Float32Array.from({ length: n }, () => random.normal())
  const parameters = net.initial(seed).map((value) => value + 0.2 * random.normal())
  const x = numbers(steps * count * size).map((value) => (image && image.scale < 1 ? Math.round(Math.abs(value) * 80) : value))
  const sequences: Sequences = {
    steps,
    count,
    state: numbers(count * net.stateSize),
    begins: Uint8Array.of(0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 1),
  }
  return { net, image, network, parameters, x, sequences, rows: steps * count, size, numbers }
}
type Problem = ReturnType<typeof problem>

/** What it says step after step when it acts. */
function acted({ net, parameters, x, sequences, size }: Problem) {
  const forward = net.forward()
  const { steps, count, begins } = sequences
  const state = sequences.state.slice()
  const outputs: number[] = []
  const values: number[] = []
  for (let t = 0; t < steps; t++) {
    for (let i = 0; i < count; i++) if (begins[t * count + i] === 1) state.fill(0, i * net.stateSize, (i + 1) * net.stateSize)
    const seen = x.subarray(t * count * size, (t + 1) * count * size)
    const alone = [...forward.values(parameters, seen, count, state).subarray(0, count)]
    const both = forward.both(parameters, seen, count, state, state)
    outputs.push(...both.outputs.subarray(0, count * 2))
    values.push(...both.values.subarray(0, count))
    expect(values.slice(-count)).toEqual(alone)
  }
  return { outputs, values }
}

/** The same network of stock operations, whose gradient the tape knows by itself. */
function stock({ net, image, sequences, size }: Problem, x: tf.Tensor2D, of: (name: string) => tf.Tensor) {
  const activations = { linear: (z: tf.Tensor) => z, tanh: tf.tanh, relu: tf.relu, elu: tf.elu }
  const { steps, count, state, begins } = sequences
  const run = (layers: readonly Layer[], input: tf.Tensor): tf.Tensor =>
    layers.reduce((y, layer) => {
      const [kernel, bias] = [of(layer.kernel.name), of(layer.bias.name)]
      if (layer.kind === 'dense') return activations[layer.activation](tf.add(tf.matMul(y as tf.Tensor2D, kernel as tf.Tensor2D), bias))
      if (layer.kind === 'conv') {
        const picture = tf.reshape(y, [-1, layer.height, layer.width, layer.channels]) as tf.Tensor4D
        const z = tf.add(tf.conv2d(picture, kernel as tf.Tensor4D, layer.stride, 'valid'), bias)
        return tf.reshape(activations[layer.activation](z), [y.shape[0]!, -1])
      }
      const { units, stateAt } = layer
      const r = of(layer.recurrent.name) as tf.Tensor2D
      const all = tf.tensor2d(state, [count, net.stateSize])
      let h: tf.Tensor = tf.slice(all, [0, stateAt], [count, units])
      let c: tf.Tensor = layer.kind === 'lstm' ? tf.slice(all, [0, stateAt + units], [count, units]) : h
      const out: tf.Tensor[] = []
      for (let t = 0; t < steps; t++) {
        const keep = tf.tensor2d(
          Array.from(begins.subarray(t * count, (t + 1) * count), (begun) => 1 - begun),
          [count, 1],
        )
        ;[h, c] = [tf.mul(h, keep), tf.mul(c, keep)]
        const row = tf.slice(y as tf.Tensor2D, [t * count, 0], [count, y.shape[1]!])
        const z = tf.add(tf.matMul(row, kernel as tf.Tensor2D), bias)
        const m = tf.matMul(h as tf.Tensor2D, r)
        const gate = (of: tf.Tensor, k: number) => tf.slice(of as tf.Tensor2D, [0, k * units], [count, units])
        const both = (k: number) => tf.add(gate(z, k), gate(m, k))
        if (layer.kind === 'lstm') {
          c = tf.add(tf.mul(tf.sigmoid(both(1)), c), tf.mul(tf.sigmoid(both(0)), tf.tanh(both(3))))
          h = tf.mul(tf.sigmoid(both(2)), tf.tanh(c))
        } else {
          const proposed = tf.tanh(tf.add(gate(z, 2), tf.mul(tf.sigmoid(both(0)), gate(m, 2))))
          const update = tf.sigmoid(both(1))
          h = tf.add(tf.mul(update, h), tf.mul(tf.sub(1, update), proposed))
        }
        out.push(h)
      }
      return tf.concat(out, 0)
    }, input)
  const places = image ? placesOf(image) : null
  const seen = places ? tf.mul(tf.gather(x, tf.tensor1d(places, 'int32'), 1), image!.scale) : x
  expect(x.shape[1]).toBe(size)
  const common = run(net.shared, seen)
  return { outputs: run(net.actor, common), values: run(net.critic, common) }
}

/** Outputs, values and the gradient of a sum of both with weights of chance. */
function learnt(p: Problem, forward: (x: tf.Tensor2D, bound: readonly tf.Tensor[]) => { outputs: tf.Tensor; values: tf.Tensor }) {
  const weights = stream(9, 'weights')
  const weigh = (y: tf.Tensor) =>
    tf.sum(
      tf.mul(
        y,
        tf.tensor(
          Float32Array.from({ length: y.size }, () => weights.normal()),
          y.shape,
        ),
      ),
    )
  return tf.tidy(() => {
    const x = tf.tensor2d(p.x, [p.rows, p.size])
    const result: { outputs?: Float32Array; values?: Float32Array } = {}
    const gradients = tf.grads((...bound: tf.Tensor[]) => {
      const { outputs, values } = forward(x, bound)
      result.outputs = outputs.dataSync() as Float32Array
      result.values = values.dataSync() as Float32Array
      return tf.add(weigh(outputs), weigh(values))
    })(p.net.bind(p.parameters))
    return { ...result, gradients: gradients.map((gradient) => gradient.dataSync() as Float32Array) }
  })
}

describe.each(['cpu', 'wasm'])('on %s', (backend) => {
  beforeAll(() => selectBackend(backend))

  describe.each(CASES)('%s', (...c) => {
    test('acting, learning and stock operations say the same, and the gradients are equal', () => {
      const p = problem(c)
      const slots = p.net.layout.slots.filter((slot) => slot !== p.net.logStd)
      const index = new Map(slots.map(({ name }, i) => [name, i]))
      const before = tf.memory().numTensors
      const ours = learnt(p, (x, bound) => p.net.tensors(x, bound, p.net.stateSize > 0 ? p.sequences : null))
      expect(tf.memory().numTensors).toBe(before)
      const { outputs, values } = acted(p)
      expect(ours.outputs).toBeAllClose(outputs, 1e-4, 1e-5)
      expect(ours.values).toBeAllClose(values, 1e-4, 1e-5)
      const theirs = learnt(p, (x, bound) => stock(p, x, (name) => bound[index.get(name)!]!))
      expect(ours.outputs).toBeAllClose(theirs.outputs!, 1e-4, 1e-5)
      slots.forEach(({ name }, i) => {
        expect(ours.gradients[i]!, name).toBeAllClose(theirs.gradients[i]!, 1e-3, 2e-4)
        expect(
          ours.gradients[i]!.some((value) => value !== 0),
          name,
        ).toBe(true)
      })
    })
  })
})

describe('what the parts are called', () => {
  test('shared layers are a network of their own', () => {
    const net = standardNetwork(400, categorical([3]), networkSchema.parse({ kind: 'cnn' }), bytes([10, 10, 4], 1))
    expect(net.layout.slots.map(({ name, shape, network, layer }) => [name, shape, network, layer])).toEqual([
      ['shared/conv-0/kernel', [3, 3, 4, 16], 'shared', 'shared/conv-0'],
      ['shared/conv-0/bias', [16], 'shared', 'shared/conv-0'],
      ['shared/hidden-0/kernel', [1024, 128], 'shared', 'shared/hidden-0'],
      ['shared/hidden-0/bias', [128], 'shared', 'shared/hidden-0'],
      ['actor/output/kernel', [128, 3], 'actor', 'actor/output'],
      ['actor/output/bias', [3], 'actor', 'actor/output'],
      ['critic/output/kernel', [128, 1], 'critic', 'critic/output'],
      ['critic/output/bias', [1], 'critic', 'critic/output'],
    ])
  })

  test("the published torsos: MinAtar's and Nature's", () => {
    expect(networkSchema.parse({ kind: 'cnn' })).toMatchObject({
      conv: [{ filters: 16, size: 3, stride: 1 }],
      hidden: [128],
      activation: 'relu',
      shared: true,
    })
    const nature = standardNetwork(
      84 * 84 * 4,
      categorical([6]),
      networkSchema.parse({ kind: 'cnn', conv: 'nature', hidden: [8] }),
      bytes([84, 84, 4]),
    )
    expect(nature.shared.map((layer) => layer.kernel.shape)).toEqual([
      [8, 8, 4, 32],
      [4, 4, 32, 64],
      [3, 3, 64, 64],
      [3136, 8],
    ])
    expect(networkSchema.parse({ kind: 'cnn', conv: 'nature' }).hidden).toEqual([512])
  })

  test('first values: orthogonal, √2 before activations, 1 in a memory, biases 0', () => {
    const net = standardNetwork(6, categorical([3]), networkSchema.parse({ kind: 'lstm', memory: 4, hidden: [5], shared: true }))
    const parameters = net.initial(1)
    const norms = (name: string) => {
      const { offset, size, shape } = net.layout.slots.find((slot) => slot.name === name)!
      const width = shape.at(-1)!
      return Array.from({ length: size / width }, (_, row) =>
        Math.hypot(...parameters.subarray(offset + row * width, offset + (row + 1) * width)),
      )
    }
    expect(norms('shared/memory/kernel')).toBeAllClose([1, 1, 1, 1, 1, 1], 1e-5)
    expect(norms('shared/memory/recurrent')).toBeAllClose([1, 1, 1, 1], 1e-5)
    expect(norms('shared/hidden-0/kernel')).toBeAllClose([Math.SQRT2, Math.SQRT2, Math.SQRT2, Math.SQRT2], 1e-5)
    expect(norms('shared/memory/bias')).toEqual([0])
    expect(net.initial(1)).toEqual(parameters)
  })
})

describe('images', () => {
  test('which axis is what', () => {
    const form = (...shape: number[]) => {
      const { height, width, channels, axes } = bytes(shape)
      return [height, width, channels, axes]
    }
    expect(form(84, 83)).toEqual([84, 83, 1, [0, 1]])
    expect(form(84, 83, 4)).toEqual([84, 83, 4, [0, 1, 2]])
    expect(form(4, 84, 83)).toEqual([84, 83, 4, [1, 2, 0]])
    expect(form(4, 84, 83, 3)).toEqual([84, 83, 12, [1, 2, 0, 3]])
    expect(form(4, 3, 84, 83)).toEqual([84, 83, 12, [2, 3, 0, 1]])
    expect(form(3, 3, 3)).toEqual([3, 3, 3, [0, 1, 2]])
  })

  test('bytes become 0 to 1; what only goes to 1, and floats, stay', () => {
    expect([bytes([9, 9]).scale, bytes([9, 9], 1).scale, floats([9, 9]).scale]).toEqual([1 / 255, 1, 1])
  })

  test('what is refused says what was expected and what came', () => {
    expect(() => imageForm(discrete(3))).toThrow(/expected images, a box of shape .*, got Discrete\(3\)/)
    expect(() => imageForm(box({ low: 0, high: 1, shape: [4] }))).toThrow('got Box')
    const network = networkSchema.parse({ kind: 'cnn', conv: 'nature' })
    expect(() => standardNetwork(400, categorical([3]), network, bytes([10, 10, 4]))).toThrow(
      'network.conv[1]: expected a filter that fits an image of 1 × 1 cells, got size 4',
    )
    expect(() => standardNetwork(400, categorical([3]), network)).toThrow('expected observations that are images')
    expect(() => standardNetwork(4, categorical([3]), networkSchema.parse({ kind: 'cnn', conv: [] }), bytes([2, 2]))).toThrow(
      'at least one convolution',
    )
    expect(() => standardNetwork(4, categorical([3]), networkSchema.parse({ conv: 'minatar' }), bytes([4, 4]))).toThrow(
      'a perceptron has no convolutions',
    )
  })
})
