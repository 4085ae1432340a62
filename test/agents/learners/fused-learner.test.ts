/** The fused learner keeps the laws of every learner, and its gradients and parameters are TfLearner's. */
import { beforeAll, describe, expect, test } from 'vitest'
import { createFusedLearner, fusedObstacle } from '../../../agents/learners/fused-learner.js'
import type { LearnerOptions } from '../../../agents/learners/learner.js'
import { createTfLearner } from '../../../agents/learners/tf-learner.js'
import { categorical } from '../../../agents/networks/categorical.js'
import { gaussian } from '../../../agents/networks/gaussian.js'
import { squashedGaussian } from '../../../agents/networks/squashed-gaussian.js'
import { selectBackend } from '../../../src/backend/backends.js'
import { createClip } from '../../../src/clip/registry.js'
import { networkSchema, optimizerSchema } from '../../../src/core/config/schema.js'
import type { KernelBuild } from '../../../src/kernels/kernels.js'
import { bestBuild, loadKernels } from '../../../src/kernels/load.js'
import { HYPER, inventedRollout, learnerSuite, parametersOf } from '../../suites/learner.js'
import { pyTorchSuite } from '../../suites/learner-pytorch.js'

const BUILDS: readonly KernelBuild[] = bestBuild() === 'relaxed' ? ['plain', 'strict', 'relaxed'] : ['plain', 'strict']

const small: Omit<LearnerOptions, 'seed'> = {
  observationSize: 3,
  distribution: categorical([3]),
  network: networkSchema.parse({ hidden: [8, 8] }),
  optimizer: optimizerSchema.parse({}),
  clip: createClip({ name: 'loss-feedback' }),
}

describe.each(BUILDS)('on the %s kernels', (build) => {
  let bytes = () => 0
  const fused = (options: LearnerOptions) => {
    const kernels = loadKernels({ build })
    bytes = () => kernels.memory.buffer.byteLength
    return createFusedLearner({ ...options, kernels })
  }
  learnerSuite('fused, categorical', { observationSize: 3, make: (seed) => fused({ ...small, seed }), memory: () => [bytes()] })
  learnerSuite('fused, gaussian, rmsprop, AGC', {
    observationSize: 3,
    make: (seed) =>
      fused({
        ...small,
        seed,
        distribution: gaussian(2),
        optimizer: optimizerSchema.parse({ name: 'rmsprop' }),
        clip: createClip({ name: 'agc' }),
      }),
    memory: () => [bytes()],
  })

  describe('equals PyTorch', () => pyTorchSuite(fused))

  test('memory does not grow over 1,000 updates', async () => {
    const learner = fused({ ...small, seed: 1 })
    const rollout = inventedRollout(learner, 3, 1)
    const hyper = { ...HYPER, epochs: 1, minibatchSize: 32 }
    await learner.update(rollout, hyper)
    const before = bytes()
    for (let i = 0; i < 1000; i++) await learner.update(rollout, hyper)
    expect(bytes()).toBe(before)
    expect(parametersOf(learner).every(Number.isFinite)).toBe(true)
  })
})

describe('what it cannot do', () => {
  test('a policy that its kernels do not know is refused, with the remedy', () => {
    const options = { ...small, seed: 1, distribution: squashedGaussian(2) }
    expect(fusedObstacle(options)).toContain('squashed-gaussian')
    expect(() => createFusedLearner({ ...options, kernels: loadKernels({ build: 'plain' }) })).toThrow(
      /cannot do this: .*squashed-gaussian.*take another learner/,
    )
  })

  test('a network of one’s own is not passed over', () => {
    const own = () => {
      throw new Error('never asked')
    }
    expect(() => createFusedLearner({ ...small, seed: 1, own, kernels: loadKernels({ build: 'plain' }) })).toThrow('no network of your own')
  })
})

describe('after the same training', () => {
  beforeAll(() => selectBackend('wasm'))
  test('the same actions are drawn and the same rows shuffled as by TfLearner', async () => {
    const options = { ...small, seed: 5 }
    const tf = createTfLearner({ ...options, backend: 'wasm' })
    const fused = createFusedLearner({ ...options, kernels: loadKernels() })
    expect([...parametersOf(fused)]).toEqual([...parametersOf(tf)])
    for (let i = 0; i < 5; i++) {
      const [a, b] = [inventedRollout(tf, 3, i), inventedRollout(fused, 3, i)]
      expect([...b.actions]).toEqual([...a.actions])
      const [left, right] = [await tf.update(a, HYPER), await fused.update(b, HYPER)]
      expect([right.loss, right.entropy, right.approxKl]).toBeAllClose([left.loss, left.entropy, left.approxKl], 1e-3, 1e-5)
      expect(right.gradient.groups.map(({ name }) => name)).toEqual(left.gradient.groups.map(({ name }) => name))
      expect(right.gradient.layers.map(({ normBefore }) => normBefore)).toBeAllClose(
        left.gradient.layers.map(({ normBefore }) => normBefore),
        1e-3,
        1e-5,
      )
    }
    expect(parametersOf(fused)).toBeAllClose(parametersOf(tf), 0, 1e-5)
  })
})
