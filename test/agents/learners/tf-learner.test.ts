import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Hyperparameters } from '../../../agents/learners/learner.js'
import { createTfLearner, type TfLearnerOptions } from '../../../agents/learners/tf-learner.js'
import { categorical } from '../../../agents/networks/categorical.js'
import { gaussian } from '../../../agents/networks/gaussian.js'
import { imageForm } from '../../../agents/networks/image.js'
import { squashedGaussian } from '../../../agents/networks/squashed-gaussian.js'
import { rolloutBuffer } from '../../../agents/rollout/buffer.js'
import type { Rollout } from '../../../agents/rollout/rollout.js'
import { box } from '../../../envs/spaces/box.js'
import { selectBackend } from '../../../src/backend/backends.js'
import { createClip } from '../../../src/clip/registry.js'
import { networkSchema, optimizerSchema } from '../../../src/core/config/schema.js'
import { HYPER, inventedRollout, learnerSuite, parametersOf } from '../../suites/learner.js'
import { fixture } from '../../support/fixtures.js'

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

describe('equals PyTorch', () => {
  // biome-ignore lint/suspicious/noExplicitAny: foreign data
  const cases: any[] = fixture('nets').cases.filter((c: any) => !c.config.shared)

  /** Their names for our parameters. */
  const NAMES: Record<string, string> = {
    pi_0: 'actor/hidden-0',
    pi_1: 'actor/hidden-1',
    pi_out: 'actor/output',
    vf_0: 'critic/hidden-0',
    vf_1: 'critic/hidden-1',
    vf_out: 'critic/output',
    log_std: 'actor/log-std',
  }
  function learnerOf({ config, weights }: (typeof cases)[number], changes: Partial<TfLearnerOptions> = {}) {
    const { act_dim, activation, hidden, head, adam, max_grad_norm } = config
    const learner = createTfLearner({
      observationSize: 4,
      distribution: head === 'gaussian' ? gaussian(act_dim) : categorical([act_dim]),
      network: networkSchema.parse({ hidden, activation }),
      optimizer: optimizerSchema.parse({ beta1: adam.betas[0], beta2: adam.betas[1], epsilon: adam.eps }),
      clip: createClip({ name: 'global-norm', tau: max_grad_norm }),
      seed: 1,
      backend: tf.getBackend(),
      ...changes,
    })
    const saved = learner.save()
    const parameters = flat(learner, (name) => weights[name].data)
    learner.load({ ...saved, arrays: { ...saved.arrays, 'network/parameters': parameters } })
    return learner
  }

  /** Values by their names as one array in our order. */
  function flat({ layout }: { layout: ReturnType<typeof createTfLearner>['layout'] }, value: (name: string) => number[]): Float32Array {
    const out = new Float32Array(layout.size)
    for (const { name, offset } of layout.slots) {
      const theirs = Object.entries(NAMES).find(([, our]) => name === our || name.startsWith(`${our}/`))![0]
      out.set(value(theirs === 'log_std' ? theirs : `${theirs}.${name.split('/').at(-1)}`), offset)
    }
    return out
  }

  function rolloutOf({ batch }: (typeof cases)[number]): Rollout {
    const rows = batch.obs.length
    const rollout = rolloutBuffer(rows, 1, 4, [batch.actions[0]].flat().length)
    rollout.observations.set(batch.obs.flat())
    rollout.actions.set(batch.actions.flat())
    rollout.logProbs.set(batch.old_logp)
    rollout.values.set(batch.old_values)
    rollout.advantages.set(batch.adv)
    rollout.returns.set(batch.returns)
    return rollout
  }

  const hyperOf = ({ config }: (typeof cases)[number]): Hyperparameters => ({
    objective: 'ppo',
    learningRate: config.adam.lr,
    epochs: 1,
    minibatchSize: 1000,
    ratioClip: config.clip,
    valueClip: config.clip,
    valueCoefficient: config.vf_coef,
    entropyCoefficient: config.ent_coef,
    normalizeAdvantages: config.normalize_adv,
    targetKl: null,
  })

  describe.each(['wasm', 'cpu'])('on %s', (backend) => {
    beforeAll(() => selectBackend(backend))

    test.each(cases.map((c) => [c.name, c] as const))('%s', async (_name, c) => {
      const { float32: want } = c.runs
      const learner = learnerOf(c)
      const rollout = rolloutOf(c)
      const rows = rollout.values.length
      expect(learner.values(rollout.observations, rows)).toBeAllClose(want.forward.value, 1e-5, 2e-6)

      for (const step of [1, 2, 3]) {
        const report = await learner.update(rollout, hyperOf(c))
        expect([report.gradient.normBefore]).toBeAllClose([want.grad_norms[step - 1]], 1e-5, 2e-6)
        expect([report.loss]).toBeAllClose([want.losses[step - 1]], 1e-5, 2e-6)
        if (step === 1) {
          const { policyLoss, valueLoss, entropy, approxKl, clipFraction } = report
          expect([policyLoss, valueLoss, entropy, approxKl, clipFraction]).toBeAllClose(
            [want.policy_loss, want.value_loss, want.entropy, want.approx_kl_k3, want.clipfrac],
            1e-5,
            2e-6,
          )
          expect(parametersOf(learner)).toBeAllClose(
            flat(learner, (name) => want.params_after_1[name]),
            0,
            2e-6,
          )
        }
      }
      expect(parametersOf(learner)).toBeAllClose(
        flat(learner, (name) => want.params_after_3[name]),
        0,
        2e-6,
      )
    })

    test.each(cases.map((c) => [c.name, c] as const))('the gradient itself: %s', async (_name, c) => {
      // One step of RMSprop with decay 0 and a huge ε is gradient · α/ε: with α = ε it is the gradient.
      const scale = 1e6
      const learner = learnerOf(c, {
        optimizer: optimizerSchema.parse({ name: 'rmsprop', decay: 0, epsilon: scale }),
        clip: createClip({ name: 'none' }),
      })
      const before = parametersOf(learner).slice()
      await learner.update(rolloutOf(c), { ...hyperOf(c), learningRate: scale })
      const moved = parametersOf(learner).map((value, i) => before[i]! - value)
      expect(moved).toBeAllClose(
        flat(learner, (name) => c.runs.float32.grads[name]),
        1e-5,
        2e-6,
      )
    })
  })
})
