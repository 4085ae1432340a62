/**
 * What every backend that may be missing has to keep, on machines where it is there: the laws of a learner, gradients equal to float64 loops, an
 * addN of many. Where it is not, one skipped test says why, and so does a line on stderr.
 *
 * One backend to a file: a process can hold only one of TensorFlow's two packages.
 */
import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, test } from 'vitest'
import { tfDeviceGradient } from '../../agents/learners/tf-device-gradient.js'
import { tfGradient } from '../../agents/learners/tf-gradient.js'
import { createTfLearner, type TfLearnerOptions } from '../../agents/learners/tf-learner.js'
import { actorCritic, initialParameters } from '../../agents/networks/actor-critic.js'
import { categorical } from '../../agents/networks/categorical.js'
import type { Distribution } from '../../agents/networks/distribution.js'
import { gaussian } from '../../agents/networks/gaussian.js'
import { squashedGaussian } from '../../agents/networks/squashed-gaussian.js'
import { standardNetwork } from '../../agents/networks/standard-network.js'
import { type Backend, selectBackend } from '../../src/backend/backends.js'
import { createClip } from '../../src/clip/registry.js'
import { networkSchema, optimizerSchema } from '../../src/core/config/schema.js'
import { stream } from '../../src/core/random.js'
import { oracleGradient } from '../agents/support/float64-network.js'
import { learnerSuite } from '../suites/learner.js'

const INPUTS = 3

/** Starts the backend and holds the suite on it, or says why it cannot. */
export async function backendSuite(name: string): Promise<void> {
  const backend = await selectBackend(name).catch((error: unknown) => error as Error)
  if (backend instanceof Error) {
    process.stderr.write(`skipped: ${backend.message}\n`)
    test.skip(`not on this machine: ${backend.message}`, () => {})
    return
  }
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

    for (const [what, distribution] of DISTRIBUTIONS.slice(0, 2)) {
      learnerSuite(`${name}, ${what}`, {
        observationSize: INPUTS,
        make: (seed) => createTfLearner({ ...SMALL, ...backend, backend: name, distribution, seed }),
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

const SMALL: Omit<TfLearnerOptions, 'seed' | 'distribution' | 'backend'> = {
  observationSize: INPUTS,
  network: networkSchema.parse({ hidden: [8, 8] }),
  optimizer: optimizerSchema.parse({}),
  clip: createClip({ name: 'loss-feedback' }),
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
