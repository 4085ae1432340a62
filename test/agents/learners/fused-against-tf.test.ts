/** The fused learner against its oracle, over networks, policies, losses, clips and optimisers drawn at random. */
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { fusedGradient } from '../../../agents/learners/fused-gradient.js'
import { createFusedLearner } from '../../../agents/learners/fused-learner.js'
import { fusedArray } from '../../../agents/learners/fused-memory.js'
import { fusedNetwork } from '../../../agents/learners/fused-network.js'
import type { LearnerOptions } from '../../../agents/learners/learner.js'
import { createTfLearner } from '../../../agents/learners/tf-learner.js'
import { actorCritic } from '../../../agents/networks/actor-critic.js'
import { categorical } from '../../../agents/networks/categorical.js'
import type { Distribution } from '../../../agents/networks/distribution.js'
import { gaussian } from '../../../agents/networks/gaussian.js'
import { initialParameters } from '../../../agents/networks/placed-network.js'
import { rolloutBuffer } from '../../../agents/rollout/buffer.js'
import type { Rollout } from '../../../agents/rollout/rollout.js'
import { selectBackend } from '../../../src/backend/backends.js'
import { createPlan } from '../../../src/clip/registry.js'
import { networkSchema, optimizerSchema } from '../../../src/core/config/schema.js'
import { type RandomStream, stream } from '../../../src/core/random.js'
import type { KernelBuild } from '../../../src/kernels/kernels.js'
import { bestBuild, loadKernels } from '../../../src/kernels/load.js'
import { parametersOf } from '../../suites/learner.js'
import { oracleGradient } from '../support/float64-network.js'

const BUILDS: readonly KernelBuild[] = bestBuild() === 'relaxed' ? ['plain', 'strict', 'relaxed'] : ['plain', 'strict']

const shape = {
  inputs: fc.integer({ min: 1, max: 20 }),
  hidden: fc.array(fc.integer({ min: 1, max: 24 }), { maxLength: 3 }),
  activation: fc.constantFrom('tanh' as const, 'elu' as const, 'relu' as const),
  distribution: fc.constantFrom<Distribution[]>(
    categorical([2]),
    categorical([9]),
    categorical([2, 3, 2]),
    gaussian(1),
    gaussian(3),
    gaussian(9),
  ),
}
const loss = {
  objective: fc.constantFrom('ppo' as const, 'a2c' as const),
  valueClip: fc.constantFrom(null, 0.3),
  entropyCoefficient: fc.constantFrom(0, 0.1),
  normalizeAdvantages: fc.boolean(),
}

describe.each(BUILDS)('on the %s kernels', (build) => {
  beforeAll(() => selectBackend('wasm'))

  test('the gradient is that of plain float64 loops', () => {
    const problem = fc.record({
      ...shape,
      ...loss,
      rows: fc.integer({ min: 2, max: 150 }),
      valueClipForm: fc.constantFrom('larger' as const, 'clipped' as const),
      masked: fc.boolean(),
      seed: fc.nat(1e6),
    })
    fc.assert(
      fc.property(problem, ({ inputs, rows, hidden, activation, distribution, masked, seed, ...settings }) => {
        const network = networkSchema.parse({ hidden, activation, logStdInit: -0.3 })
        const net = actorCritic(inputs, distribution, network)
        const random = stream(seed, 'test')
        const kernels = loadKernels({ build })
        const [parameters, gradient] = [fusedArray(kernels, net.layout.size), fusedArray(kernels, net.layout.size)]
        parameters.values.set(initialParameters(net, network, seed).map((value) => value + 0.2 * random.normal()))
        const make = (layers: typeof net.actor) => fusedNetwork(kernels, layers, parameters.address, gradient.address)
        const networks = { actor: make(net.actor), critic: make(net.critic) }
        const rollout = drawnRollout(inputs, distribution, rows, masked && distribution.kind === 'categorical', random)
        const source = fusedGradient(kernels, net, distribution, networks, parameters, gradient)
        const order = source.begin(rollout)
        for (let i = 0; i < rows; i++) order[i] = rows - 1 - i
        const hyper = { ...settings, ratioClip: 0.2, valueCoefficient: 0.5, learningRate: 1, epochs: 1, minibatchSize: 1, targetKl: null }
        const report = source.minibatch(0, rows, hyper)

        const batch = { ...rollout, rows, oldLogProbs: rollout.logProbs, oldValues: rollout.values }
        const oracle = oracleGradient(net, distribution, parameters.values, batch, hyper)
        expect(relativeError(gradient.values, oracle.gradient)).toBeLessThan(1e-5)
        for (const key of ['loss', 'policyLoss', 'valueLoss', 'entropy', 'approxKl', 'clipFraction'] as const)
          expect([report[key]], key).toBeAllClose([oracle.report[key]], 1e-5, 1e-5)
      }),
      { numRuns: 60, seed: 11 }, // fixed: a ratio within 1e-6 of the clip's edge may fall to either side
    )
  })

  test('parameters stay with those of TfLearner over 100 updates', async () => {
    const problem = fc.record({
      ...shape,
      ...loss,
      clip: fc.constantFrom(
        [{ name: 'global-norm' }],
        [{ name: 'loss-feedback' }],
        [{ name: 'global-norm', per: 'layer', tau: 0.1 }],
        [{ name: 'agc' }],
        [{ name: 'autoclip', per: 'tensor' }],
        [{ name: 'value', tau: 0.01 }],
        [
          { name: 'agc', only: ['actor/*'] },
          { name: 'global-norm', tau: 0.3 },
        ],
        [{ name: 'none' }],
      ),
      optimizer: fc.constantFrom(
        {},
        { name: 'adam' as const, epsilonAs: 'tensorflow' as const },
        { name: 'adam' as const, weightDecay: 0.01, weightDecayKind: 'l2' as const },
        { name: 'adam' as const, amsgrad: true },
        { name: 'adamw' as const },
        { name: 'rmsprop' as const },
        { name: 'rmsprop' as const, epsilonAs: 'tensorflow' as const, weightDecay: 0.01 },
        { name: 'sgd' as const },
      ),
      seed: fc.nat(1e6),
    })
    await fc.assert(
      fc.asyncProperty(problem, async ({ inputs, hidden, activation, distribution, clip, optimizer, seed, ...settings }) => {
        const options: LearnerOptions = {
          observationSize: inputs,
          distribution,
          network: networkSchema.parse({ hidden, activation }),
          optimizer: optimizerSchema.parse(optimizer),
          clip: createPlan(clip as never),
          seed,
        }
        const tf = createTfLearner({ ...options, backend: 'wasm' })
        const fused = createFusedLearner({ ...options, kernels: loadKernels({ build }) })
        const random = stream(seed, 'test')
        const hyper = {
          ...settings,
          learningRate: 3e-4,
          epochs: 2,
          minibatchSize: 20,
          ratioClip: 0.2,
          valueCoefficient: 0.5,
          targetKl: null,
        }
        const rollout = drawnRollout(inputs, distribution, 40, false, random)
        for (let update = 0; update < 25; update++) {
          const [want, got] = [await tf.update(rollout, hyper), await fused.update(rollout, hyper)] // 4 steps each
          expect(got.minibatchSteps).toBe(want.minibatchSteps)
          expect([got.gradient.normBefore, got.gradient.normAfter]).toBeAllClose(
            [want.gradient.normBefore, want.gradient.normAfter],
            5e-3,
            1e-4,
          )
        }
        expect(relativeError(parametersOf(fused), parametersOf(tf))).toBeLessThan(1e-4)
      }),
      { numRuns: 12, seed: 3 }, // fixed, as above
    )
  })
})

/** Largest difference in units of the largest magnitude. */
function relativeError(got: ArrayLike<number>, want: ArrayLike<number>): number {
  let difference = 0
  let largest = 1e-3
  for (let i = 0; i < want.length; i++) {
    difference = Math.max(difference, Math.abs(got[i]! - want[i]!))
    largest = Math.max(largest, Math.abs(want[i]!))
  }
  return got.length === want.length ? difference / largest : Number.NaN
}

function drawnRollout(inputs: number, distribution: Distribution, rows: number, masked: boolean, random: RandomStream): Rollout {
  const { choices, actionSize } = distribution
  const rollout = rolloutBuffer(rows, 1, inputs, actionSize, masked ? distribution.outputSize : 0)
  const draw = (array: Float32Array, shift = 0) => array.set(Float32Array.from(array, () => random.normal() + shift))
  draw(rollout.observations)
  draw(rollout.logProbs, -actionSize)
  draw(rollout.values)
  draw(rollout.advantages)
  draw(rollout.returns)
  if (choices) for (let i = 0; i < rollout.actions.length; i++) rollout.actions[i] = random.below(choices[i % actionSize]!)
  else draw(rollout.actions)
  if (rollout.masks && choices) {
    for (let i = 0; i < rollout.masks.length; i++) rollout.masks[i] = random.below(2)
    for (let row = 0; row < rows; row++) {
      for (let c = 0, at = row * distribution.outputSize; c < actionSize; at += choices[c]!, c++)
        rollout.masks[at + rollout.actions[row * actionSize + c]!] = 1 // what was taken was allowed
    }
  }
  return rollout
}
