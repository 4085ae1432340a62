import * as tf from '@tensorflow/tfjs-core'
import { initializers, input, layers, model, type SymbolicTensor, sequential } from '@tensorflow/tfjs-layers'
import { beforeAll, describe, expect, test } from 'vitest'
import { createTfLearner, type TfLearnerOptions } from '../../../agents/learners/tf-learner.js'
import { categorical } from '../../../agents/networks/categorical.js'
import { gaussian } from '../../../agents/networks/gaussian.js'
import { ownNetwork } from '../../../agents/networks/own-network.js'
import type { NetworkMaker, NetworkRequest } from '../../../agents/networks/own-parts.js'
import { selectBackend } from '../../../src/backend/backends.js'
import { createClip } from '../../../src/clip/registry.js'
import { networkSchema, optimizerSchema } from '../../../src/core/config/schema.js'
import { stream } from '../../../src/core/random.js'
import { groupsOf } from '../../../src/optim/groups.js'
import { HYPER, inventedRollout, learnerSuite, parametersOf } from '../../suites/learner.js'

const normal = (seed: number) => initializers.varianceScaling({ scale: 1, mode: 'fanIn', distribution: 'normal', seed })

/** Stacks of dense layers, which act without tensors. */
const stacks: NetworkMaker = ({ observationSize, outputSize, seed }) => {
  const network = (outputs: number, place: number) =>
    sequential({
      layers: [
        layers.dense({ units: 8, activation: 'tanh', inputShape: [observationSize], kernelInitializer: normal(10 * seed + place) }),
        layers.dense({ units: outputs, kernelInitializer: normal(10 * seed + place + 1) }),
      ],
    })
  return { actor: network(outputSize, 0), critic: network(1, 2) }
}

/** A graph of layers, one with weights that are not learnt. */
const graphs: NetworkMaker = ({ observationSize, outputSize, seed }) => {
  const network = (outputs: number, place: number) => {
    const x = input({ shape: [observationSize] })
    const frozen = layers.dense({ units: 6, name: 'frozen', trainable: false, kernelInitializer: normal(10 * seed + place) })
    const hidden = layers.dense({ units: 6, name: 'hidden', activation: 'relu', kernelInitializer: normal(10 * seed + place + 1) }).apply(x)
    const sum = layers.add().apply([hidden, frozen.apply(x)] as SymbolicTensor[])
    return model({
      inputs: x,
      outputs: layers
        .dense({ units: outputs, name: 'output', kernelInitializer: normal(10 * seed + place + 2) })
        .apply(sum) as SymbolicTensor,
    })
  }
  return { actor: network(outputSize, 0), critic: network(1, 3) }
}

/** A function with variables: one body, two heads. */
const plain: NetworkMaker = ({ observationSize, outputSize, seed }) => {
  const random = stream(seed, 'own')
  const variable = (...shape: number[]) =>
    tf.tidy(() =>
      tf.variable(
        tf.tensor(
          Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () => 0.4 * random.normal()),
          shape,
        ),
      ),
    )
  const variables = {
    'body/dense/kernel': variable(observationSize, 7),
    'actor/output/kernel': variable(7, outputSize),
    'actor/output/bias': variable(outputSize),
    'critic/output/kernel': variable(7, 1),
  }
  return {
    variables,
    apply(x) {
      const y = tf.tanh(tf.matMul(x, variables['body/dense/kernel'] as tf.Tensor2D)) as tf.Tensor2D
      return {
        outputs: tf.add(tf.matMul(y, variables['actor/output/kernel'] as tf.Tensor2D), variables['actor/output/bias']),
        values: tf.reshape(tf.matMul(y, variables['critic/output/kernel'] as tf.Tensor2D), [-1]),
      }
    },
  }
}

const base: Omit<TfLearnerOptions, 'seed'> = {
  observationSize: 3,
  distribution: categorical([3]),
  network: networkSchema.parse({ logStdInit: -0.5 }),
  optimizer: optimizerSchema.parse({}),
  clip: createClip({ name: 'loss-feedback' }),
  backend: 'wasm',
}
const request: NetworkRequest = { observationSize: 3, observationShape: [3], outputSize: 2, distribution: 'categorical', seed: 1 }
const memory = () => [tf.memory().numTensors, tf.memory().numBytes]

beforeAll(() => selectBackend('wasm'))

learnerSuite('two stacks of dense layers', { observationSize: 3, make: (seed) => createTfLearner({ ...base, seed, own: stacks }), memory })
learnerSuite('two graphs of layers', { observationSize: 3, make: (seed) => createTfLearner({ ...base, seed, own: graphs }), memory })
learnerSuite('a function, gaussian', {
  observationSize: 3,
  make: (seed) => createTfLearner({ ...base, distribution: gaussian(2), seed, own: plain }),
  memory,
})

describe('parameters', () => {
  test('of models are named by network, layer and part, however many models there were before', () => {
    for (let i = 0; i < 2; i++) {
      const net = ownNetwork(stacks, request, categorical([2]), 0)
      expect(net.layout.slots.map(({ name, shape }) => `${name} ${shape}`)).toEqual([
        'actor/dense-0/kernel 3,8',
        'actor/dense-0/bias 8',
        'actor/dense-1/kernel 8,2',
        'actor/dense-1/bias 2',
        'critic/dense-0/kernel 3,8',
        'critic/dense-0/bias 8',
        'critic/dense-1/kernel 8,1',
        'critic/dense-1/bias 1',
      ])
      net.dispose()
    }
  })

  test('of a function by their keys; clips find networks, layers and tensors', () => {
    const { layout, dispose } = ownNetwork(plain, request, categorical([2]), 0)
    const names = (per: 'network' | 'layer' | 'tensor') => groupsOf(layout, per).map(({ name }) => name)
    expect(names('network')).toEqual(['body', 'actor', 'critic'])
    expect(names('layer')).toEqual(['body/dense', 'actor/output', 'critic/output'])
    expect(names('tensor')).toEqual(['body/dense/kernel', 'actor/output/kernel', 'actor/output/bias', 'critic/output/kernel'])
    dispose()
  })

  test('a Gaussian has its log std beside them', () => {
    const net = ownNetwork(plain, { ...request, distribution: 'gaussian' }, gaussian(2), -0.5)
    expect(net.logStd).toMatchObject({ name: 'actor/log-std', size: 2 })
    expect([...net.initial(1).slice(-2)]).toEqual([-0.5, -0.5])
    net.dispose()
  })
})

test('a stack of dense layers acts as TensorFlow.js says that it does', async () => {
  let made: ReturnType<typeof stacks> | undefined
  const learner = createTfLearner({ ...base, seed: 1, own: (asked) => (made = stacks(asked)) })
  await learner.update(inventedRollout(learner, 3, 1), HYPER)
  const x = Float32Array.from({ length: 15 }, (_, i) => Math.sin(i))
  const values = [...learner.values(x, 5)]
  // The models hold the weights of the last gradient; a gradient of the same weights brings them up to date.
  await learner.update(inventedRollout(learner, 3, 1), { ...HYPER, learningRate: 0, epochs: 1 })
  const theirs = tf.tidy(() =>
    ((made as { critic: { predict(x: tf.Tensor): tf.Tensor } }).critic.predict(tf.tensor2d(x, [5, 3])) as tf.Tensor).dataSync(),
  )
  expect(values).toBeAllClose([...theirs], 1e-5, 1e-6)
  learner.dispose()
})

test('weights that are not learnt stay, and are saved', async () => {
  const learner = createTfLearner({ ...base, seed: 1, own: graphs })
  expect(learner.layout.slots.some(({ name }) => name.includes('frozen'))).toBe(false)
  const before = learner.save()
  const frozen = Object.entries(before.arrays).filter(([name]) => name.includes('frozen'))
  expect(frozen.map(([name]) => name)).toEqual(
    ['actor', 'critic'].flatMap((net) => ['kernel', 'bias'].map((part) => `constants/${net}/frozen/${part}`)),
  )
  await learner.update(inventedRollout(learner, 3, 1), HYPER)
  for (const [name, values] of frozen) expect(learner.save().arrays[name]).toEqual(values)
  expect(parametersOf(learner)).not.toEqual(before.arrays['network/parameters'])
  const other = createTfLearner({ ...base, seed: 2, own: graphs })
  other.load(before)
  expect(other.save()).toEqual(before)
  learner.dispose()
  other.dispose()
})

describe('what does not fit is refused before anything starts', () => {
  const dense = (inputs: number, units: number) => sequential({ layers: [layers.dense({ units, inputShape: [inputs] })] })
  const v = () => tf.tidy(() => tf.variable(tf.ones([3, 2])))
  test.each<[string, NetworkMaker, string | RegExp]>([
    [
      'something else',
      () => ({ model: 1 }) as never,
      'expected { actor, critic }, two layers models, or { variables, apply(observations) }, got { model }',
    ],
    ['nothing', () => undefined as never, 'got undefined'],
    ['outputs', () => ({ actor: dense(3, 5), critic: dense(3, 1) }), 'network: actor: expected an output of [rows, 2], got [rows, 5]'],
    ['values', () => ({ actor: dense(3, 2), critic: dense(3, 2) }), 'network: critic: expected an output of [rows, 1], got [rows, 2]'],
    ['inputs', () => ({ actor: dense(4, 2), critic: dense(3, 1) }), 'network: actor: expected an input of 3 numbers a row, got [4]'],
    ['no variables', () => ({ variables: {}, apply: (x) => ({ outputs: x, values: x }) }), 'at least one variable'],
    [
      'outputs of a function',
      () => ({ variables: { v: v() }, apply: (x) => ({ outputs: x, values: x }) }),
      'network: outputs: expected [rows, 2] (here [2, 2]), got [2, 3]',
    ],
    [
      'values of a function',
      () => {
        const w = v()
        return { variables: { w }, apply: (x) => ({ outputs: tf.matMul(x, w as tf.Tensor2D), values: x }) }
      },
      'network: values: expected [rows, 1] (here [2, 1]), got [2, 3]',
    ],
    [
      'a variable without a part',
      () => {
        const [w, idle] = [v(), v()]
        return { variables: { w, idle }, apply: (x) => ({ outputs: tf.matMul(x, w as tf.Tensor2D), values: tf.sum(x, 1) }) }
      },
      'network: "idle" has no part in outputs or values',
    ],
    [
      'what throws',
      () => {
        const w = v()
        return { variables: { w }, apply: (x) => ({ outputs: tf.matMul(w as tf.Tensor2D, tf.ones([5, 2])), values: x }) }
      },
      /a trial with 2 rows failed on the backend "wasm": /,
    ],
  ])('%s', (_what, make, message) => {
    expect(() => ownNetwork(make, request, categorical([2]), 0)).toThrow(message)
  })
})
