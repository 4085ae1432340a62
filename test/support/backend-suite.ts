/**
 * What every backend that may be missing has to keep, on machines where it is there: the laws of a learner, gradients equal to float64 loops, an
 * addN of many. Where it is not, `npm run test:backends` says so in place of calling this.
 *
 * One backend to a file: a process can hold only one of TensorFlow's two packages.
 */
import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, test } from 'vitest'
import { tfDeviceGradient } from '../../agents/learners/tf-device-gradient.js'
import { tfGradient } from '../../agents/learners/tf-gradient.js'
import { createTfLearner, type TfLearnerOptions } from '../../agents/learners/tf-learner.js'
import { actorCritic } from '../../agents/networks/actor-critic.js'
import { categorical } from '../../agents/networks/categorical.js'
import type { Distribution } from '../../agents/networks/distribution.js'
import { gaussian } from '../../agents/networks/gaussian.js'
import { imageForm } from '../../agents/networks/image.js'
import { initialParameters } from '../../agents/networks/placed-network.js'
import { squashedGaussian } from '../../agents/networks/squashed-gaussian.js'
import { standardNetwork } from '../../agents/networks/standard-network.js'
import { box } from '../../envs/spaces/box.js'
import { type Backend, selectBackend } from '../../src/backend/backends.js'
import { createClip } from '../../src/clip/registry.js'
import { networkSchema, optimizerSchema } from '../../src/core/config/schema.js'
import { stream } from '../../src/core/random.js'
import { oracleGradient } from '../agents/support/float64-network.js'
import { HYPER, inventedRollout, learnerSuite, parametersOf } from '../suites/learner.js'

const INPUTS = 3

/** Starts the backend and holds the suite on it. */
export async function backendSuite(name: string): Promise<void> {
  const backend = await selectBackend(name)
  describe(`${name}: ${backend.device}`, () => {
    for (const [what, distribution] of DISTRIBUTIONS) {
      test(`gradients equal float64 loops: ${what}`, () => gradientsAgree(backend, distribution))
    }

    test('forty tensors are added as well as two', async () => {
      const x = tf.tensor1d([1, 2, 3])
      const sum = tf.addN(Array.from({ length: 40 }, () => x))
      expect([...(await sum.data())]).toEqual([40, 80, 120])
      tf.dispose([x, sum])
      backend.check()
    })

    for (const [what, changes] of NETWORKS) {
      test(`gradients equal those of the cpu backend: ${what}`, () => sameAsCpu(backend, { ...SMALL, ...changes }))
    }

    for (const [what, changes] of [
      ['categorical', {}] as const,
      ['gaussian', { distribution: gaussian(2) }] as const,
      ...NETWORKS.slice(0, 2),
    ]) {
      const options = { ...SMALL, ...changes }
      learnerSuite(`${name}, ${what}`, {
        observationSize: options.observationSize,
        make: (seed) => createTfLearner({ ...options, ...backend, backend: name, seed }),
        memory: () => [tf.memory().numTensors, tf.memory().numBytes],
      })
    }
  })
}

const DISTRIBUTIONS: readonly (readonly [string, Distribution])[] = [
  ['categorical', categorical([3])],
  ['gaussian', gaussian(2)],
  ['several choices', categorical([2, 3])],
  ['squashed gaussian', squashedGaussian(2)],
]

type Options = Omit<TfLearnerOptions, 'seed' | 'backend'>

const SMALL: Options = {
  observationSize: INPUTS,
  distribution: categorical([3]),
  network: networkSchema.parse({ hidden: [8, 8] }),
  optimizer: optimizerSchema.parse({}),
  clip: createClip({ name: 'loss-feedback' }),
}

const IMAGE = box({ low: 0, high: 255, shape: [8, 8, 2], dtype: 'uint8' })

const NETWORKS: readonly (readonly [string, Partial<Options>])[] = [
  [
    'convolutions',
    {
      observationSize: 128,
      image: imageForm(IMAGE),
      network: networkSchema.parse({
        kind: 'cnn',
        conv: [
          { filters: 4, size: 3 },
          { filters: 6, size: 3, stride: 2 },
        ],
        hidden: [8],
      }),
    },
  ],
  ['an LSTM', { network: networkSchema.parse({ kind: 'lstm', memory: 6, hidden: [8] }) }],
  ['a GRU', { network: networkSchema.parse({ kind: 'gru', memory: 6, hidden: [8] }) }],
]

/** One minibatch step of plain gradient descent on either moves the parameters alike. */
async function sameAsCpu(backend: Backend, options: Options): Promise<void> {
  const descent = { ...options, optimizer: optimizerSchema.parse({ name: 'sgd' }), clip: createClip({ name: 'none' }) }
  const moved = async (changes: Pick<TfLearnerOptions, 'backend'> & Partial<TfLearnerOptions>) => {
    const learner = createTfLearner({ ...descent, ...changes, seed: 5 })
    const before = parametersOf(learner)
    await learner.update(inventedRollout(learner, options.observationSize, 3), {
      ...HYPER,
      learningRate: 1,
      epochs: 1,
      minibatchSize: 1000,
    })
    const step = parametersOf(learner).map((value, i) => value - before[i]!)
    learner.dispose()
    return step
  }
  await selectBackend('cpu')
  const wanted = await moved({ backend: 'cpu' })
  await tf.setBackend(backend.tfName)
  const got = await moved({ ...backend, backend: backend.name })
  const scale = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  expect(got).toBeAllClose(wanted, 1e-4, 1e-5 * Math.max(1, scale))
}

async function gradientsAgree({ asynchronous }: Backend, distribution: Distribution): Promise<void> {
  const rows = 48
  const random = stream(3, 'test')
  const numbers = (n: number) => Float32Array.from({ length: n }, () => random.normal())
  for (const activation of ['tanh', 'relu', 'elu'] as const) {
    const network = networkSchema.parse({ hidden: [16, 16], activation, logStdInit: -0.3 })
    const net = actorCritic(INPUTS, distribution, network)
    const parameters = initialParameters(net, network, 1).map((value) => value + 0.2 * random.normal())
    const actions = numbers(rows * distribution.actionSize)
    const batch = {
      rows,
      observations: numbers(rows * INPUTS),
      actions: distribution.choices ? actions.map(() => random.below(2)) : actions,
      oldLogProbs: numbers(rows).map((value) => value - distribution.actionSize),
      oldValues: numbers(rows),
      advantages: numbers(rows),
      returns: numbers(rows),
      masks: null,
    }
    const settings = {
      objective: 'ppo',
      ratioClip: 0.2,
      valueClip: 0.3,
      valueCoefficient: 0.5,
      entropyCoefficient: 0.1,
      normalizeAdvantages: true,
    } as const
    const gradient = new Float32Array(net.layout.size)
    const report = await (asynchronous ? tfDeviceGradient : tfGradient)(
      standardNetwork(INPUTS, distribution, network),
      distribution,
      parameters,
    )(batch, settings, gradient)
    const oracle = oracleGradient(net, distribution, parameters, batch, settings)
    const scale = oracle.gradient.reduce((most, value) => Math.max(most, Math.abs(value)), 1)
    expect(gradient).toBeAllClose(oracle.gradient, 1e-4, 1e-5 * scale)
    expect([report.loss]).toBeAllClose([oracle.report.loss], 1e-4, 1e-5 * scale)
  }
}
