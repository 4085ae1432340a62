/** The fused learner against the one on TensorFlow.js: PPO updates by size of the minibatch, what clips cost in them, whole trainings. */
import { createFusedLearner } from '../../../agents/learners/fused-learner.js'
import type { Hyperparameters, Learner } from '../../../agents/learners/learner.js'
import { createTfLearner } from '../../../agents/learners/tf-learner.js'
import { categorical } from '../../../agents/networks/categorical.js'
import { ppo } from '../../../agents/ppo.js'
import { rolloutBuffer } from '../../../agents/rollout/buffer.js'
import type { Rollout } from '../../../agents/rollout/rollout.js'
import { makeVec } from '../../../envs/registry.js'
import { createClip } from '../../../src/clip/registry.js'
import type { ClipConfig } from '../../../src/core/config/schema.js'
import { stream } from '../../../src/core/random.js'
import { loadKernels } from '../../../src/kernels/load.js'
import { LEARN, NETWORK, NUM_ENVS, OPTIMIZER, SEED } from '../cleanrl.js'
import type { BenchEntry, BenchNumber } from '../entry.js'
import { measure, ratioOf, type Work } from '../harness.js'

const SIZES = [64, 128, 256, 2048]
const MINIBATCHES = 4 // of one update
const TAU = 0.5

/** Clips against none, at the smallest minibatch; the promise is a share of the whole update. */
const CLIPS: Readonly<Record<string, { readonly clip: ClipConfig; readonly atMost: number }>> = {
  'per model': { clip: { name: 'global-norm', tau: TAU }, atMost: 1.03 },
  'per network': { clip: { name: 'global-norm', tau: TAU, per: 'network' }, atMost: 1.03 },
  'per layer': { clip: { name: 'global-norm', tau: TAU, per: 'layer' }, atMost: 1.1 },
  'per unit': { clip: { name: 'global-norm', tau: TAU, per: 'unit' }, atMost: 1.15 },
}

export const fused: BenchEntry = {
  name: 'fused',
  what: "the fused learner against TensorFlow.js on wasm (accelerated): PPO updates and trainings of CartPole's networks",

  async run() {
    const numbers: BenchNumber[] = []
    const updates: Record<string, Work> = {}
    for (const size of SIZES) {
      updates[`fused, ${size}`] = updating(fusedLearner(), size)
      updates[`tfjs, ${size}`] = updating(tfLearner(), size)
    }
    const ofUpdates = await measure(updates, { units: MINIBATCHES, roundMs: 60, rounds: 7 })
    for (const size of SIZES) {
      numbers.push({ name: `minibatch ${size}`, ...ratioOf(ofUpdates, `tfjs, ${size}`, `fused, ${size}`), unit: 'x' })
    }

    const clips = Object.entries(CLIPS)
    const clipped = Object.fromEntries(clips.map(([name, { clip }]) => [name, updating(fusedLearner(clip), SIZES[0]!)]))
    const ofClips = await measure({ 'no clip': updating(fusedLearner({ name: 'none' }), SIZES[0]!), ...clipped }, { units: MINIBATCHES })
    for (const [name, { atMost }] of clips) {
      numbers.push({ name: `update clipped ${name}, of one without`, ...ratioOf(ofClips, name, 'no clip'), unit: 'x', target: { atMost } })
    }

    const training = await measure(
      { 'training, fused': iterating(fusedLearner()), 'training, tfjs': iterating(tfLearner()) },
      { roundMs: 100, units: NUM_ENVS * LEARN.rolloutSteps },
    )
    numbers.push({ name: 'training', ...ratioOf(training, 'training, tfjs', 'training, fused'), unit: 'x' })
    const { cpuMs } = training.find(({ variant }) => variant === 'training, fused')!
    numbers.push({ name: 'training, fused', value: 1000 / cpuMs, unit: 'steps/s' })
    return { unit: 'minibatch step, or environment step of a training', timings: [...ofUpdates, ...ofClips, ...training], numbers }
  },
}

const options = (clip: ClipConfig) => ({
  observationSize: 4,
  distribution: categorical([2]),
  network: NETWORK,
  optimizer: OPTIMIZER,
  seed: SEED,
  clip: createClip(clip),
})
const GLOBAL_NORM: ClipConfig = { name: 'global-norm', tau: TAU }
const fusedLearner = (clip = GLOBAL_NORM): Learner => createFusedLearner({ ...options(clip), kernels: loadKernels() })
const tfLearner = (clip = GLOBAL_NORM): Learner => createTfLearner({ ...options(clip), backend: 'wasm' })

function updating(learner: Learner, minibatchSize: number): Work {
  const rollout = inventedRollout(MINIBATCHES * minibatchSize)
  const hyper: Hyperparameters = {
    ...{ objective: 'ppo', learningRate: 1e-6, epochs: 1, minibatchSize, ratioClip: 0.2, valueClip: 0.2 },
    ...{ valueCoefficient: 0.5, entropyCoefficient: 0.01, normalizeAdvantages: true, targetKl: null },
  }
  return async () => void (await learner.update(rollout, hyper))
}

function iterating(learner: Learner): Work {
  const agent = ppo({ venv: makeVec('CartPole-v1', { numEnvs: NUM_ENVS }), learner, learn: LEARN, seed: SEED })
  return async () => void (await agent.iterate(0.5))
}

/** Gradients of it are above τ, so that a clip has work to do. */
function inventedRollout(rows: number): Rollout {
  const random = stream(SEED, 'rollout')
  const rollout = rolloutBuffer(rows, 1, 4, 1)
  for (const array of [rollout.observations, rollout.advantages, rollout.values])
    for (let i = 0; i < array.length; i++) array[i] = random.normal()
  for (let row = 0; row < rows; row++) {
    rollout.actions[row] = row % 2
    rollout.logProbs[row] = 0.1 * random.normal() - 0.69
    rollout.returns[row] = 5 + random.normal()
  }
  return rollout
}
