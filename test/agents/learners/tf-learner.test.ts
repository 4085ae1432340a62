import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { createTfLearner, type TfLearnerOptions } from '../../../agents/learners/tf-learner.js'
import { categorical } from '../../../agents/networks/categorical.js'
import { gaussian } from '../../../agents/networks/gaussian.js'
import { imageForm } from '../../../agents/networks/image.js'
import { squashedGaussian } from '../../../agents/networks/squashed-gaussian.js'
import { box } from '../../../envs/spaces/box.js'
import { selectBackend } from '../../../src/backend/backends.js'
import { createClip } from '../../../src/clip/registry.js'
import { networkSchema, optimizerSchema } from '../../../src/core/config/schema.js'
import { HYPER, inventedRollout, learnerSuite } from '../../suites/learner.js'
import { pyTorchSuite } from '../../suites/learner-pytorch.js'

const small: Omit<TfLearnerOptions, 'seed'> = {
  observationSize: 3,
  distribution: categorical([3]),
  network: networkSchema.parse({ hidden: [8, 8] }),
  optimizer: optimizerSchema.parse({}),
  clip: createClip({ name: 'loss-feedback' }),
  backend: 'wasm',
}
const memory = () => [tf.memory().numTensors, tf.memory().numBytes]

describe('on wasm', () => {
  beforeAll(() => selectBackend('wasm'))
  learnerSuite('tfjs, categorical', { observationSize: 3, make: (seed) => createTfLearner({ ...small, seed }), memory })
  learnerSuite('tfjs, gaussian, rmsprop, AGC', {
    observationSize: 3,
    make: (seed) =>
      createTfLearner({
        ...small,
        seed,
        distribution: gaussian(2),
        optimizer: optimizerSchema.parse({ name: 'rmsprop' }),
        clip: createClip({ name: 'agc' }),
      }),
    memory,
  })
  for (const [name, distribution] of [
    ['several choices', categorical([2, 3, 4])],
    ['bits', categorical([2, 2, 2])],
    ['squashed gaussian', squashedGaussian(2)],
  ] as const) {
    learnerSuite(`tfjs, ${name}`, { observationSize: 3, make: (seed) => createTfLearner({ ...small, seed, distribution }), memory })
  }
})

/** Every kind of network beside the perceptron. */
const IMAGE = imageForm(box({ low: 0, high: 1, shape: [5, 5, 2], dtype: 'uint8' }))
const KINDS: readonly (readonly [name: string, options: Omit<TfLearnerOptions, 'seed' | 'backend'>])[] = [
  ['shared layers', { ...small, network: networkSchema.parse({ hidden: [8], shared: true }) }],
  [
    'convolutions',
    {
      ...small,
      observationSize: 50,
      image: IMAGE,
      network: networkSchema.parse({ kind: 'cnn', conv: [{ filters: 4, size: 3 }], hidden: [8] }),
    },
  ],
  ['an LSTM', { ...small, network: networkSchema.parse({ kind: 'lstm', memory: 6, hidden: [8] }) }],
  [
    'a GRU, shared, gaussian',
    { ...small, distribution: gaussian(2), network: networkSchema.parse({ kind: 'gru', memory: 6, hidden: [], shared: true }) },
  ],
]
describe.each(['wasm', 'cpu'])('other networks on %s', (backend) => {
  beforeAll(() => selectBackend(backend))
  for (const [name, options] of KINDS) {
    learnerSuite(name, { observationSize: options.observationSize, make: (seed) => createTfLearner({ ...options, backend, seed }), memory })
  }
})

test('convolutions without our kernels are refused where TensorFlow.js has no gradient of them', async () => {
  await selectBackend('wasm', undefined, { accelerate: false })
  expect(() => createTfLearner({ ...KINDS[1]![1], backend: 'wasm', seed: 1 })).toThrow('no gradient of convolutions on "wasm"')
  await selectBackend('wasm')
})

describe('on cpu', () => {
  beforeAll(() => selectBackend('cpu'))
  for (const [name, distribution] of [
    ['categorical', categorical([3])],
    ['several choices', categorical([2, 3, 4])],
    ['gaussian', gaussian(2)],
    ['squashed gaussian', squashedGaussian(2)],
  ] as const) {
    learnerSuite(`tfjs, awaited, ${name}`, {
      observationSize: 3,
      make: (seed) => createTfLearner({ ...small, seed, distribution, backend: 'cpu', asynchronous: true }),
      memory,
    })
  }
  learnerSuite('tfjs, categorical', {
    observationSize: 3,
    make: (seed) => createTfLearner({ ...small, seed, backend: 'cpu' }),
    memory,
  })

  test('a learner made for another backend says so', async () => {
    expect(() => createTfLearner({ ...small, seed: 1 })).toThrow('expected the TensorFlow.js backend "wasm" to be active, got "cpu"')
    await selectBackend('wasm')
    const learner = createTfLearner({ ...small, seed: 1 })
    await selectBackend('cpu')
    await expect(learner.update(inventedRollout(learner, 3, 1), HYPER)).rejects.toThrow('to be active, got "cpu"')
  })
})

describe.each(['wasm', 'cpu'])('equals PyTorch on %s', (backend) => {
  beforeAll(() => selectBackend(backend))
  pyTorchSuite((options) => createTfLearner({ ...options, backend }))
})
