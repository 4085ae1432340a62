/** CartPole at CleanRL's settings, as ppo.py of CleanRL has them: what whole trainings are compared on. */

import type { Agent } from '../../agents/agent.js'
import type { Learner } from '../../agents/learners/learner.js'
import { createTfLearner } from '../../agents/learners/tf-learner.js'
import { ppo } from '../../agents/ppo.js'
import { actionAdapter } from '../../agents/rollout/actions.js'
import { makeVec } from '../../envs/registry.js'
import { createClip } from '../../src/clip/registry.js'
import { type ClipConfig, learnSchema, networkSchema, optimizerSchema } from '../../src/core/config/schema.js'

export const NUM_ENVS = 4
export const SEED = 1
export const NETWORK = networkSchema.parse({ hidden: [64, 64], activation: 'tanh' })
export const OPTIMIZER = optimizerSchema.parse({ name: 'adam', epsilon: 1e-5 })
export const LEARN = learnSchema.parse({
  rolloutSteps: 128,
  minibatchSize: 128, // four minibatches
  epochs: 4,
  gamma: 0.99,
  lambda: 0.95,
  learningRate: { from: 2.5e-4, to: 0 },
  ratioClip: 0.2,
  valueClip: 0.2,
  valueCoefficient: 0.5,
  entropyCoefficient: 0.01,
})

/** CartPole with N environments and a learner for it on the wasm backend, which must be active. */
export function cartpoleLearner(numEnvs: number, clip: ClipConfig = { name: 'global-norm' }) {
  const venv = makeVec('CartPole-v1', { numEnvs })
  const { distribution } = actionAdapter(venv.actionSpace)
  const observationSize = venv.observationSpace.size
  const options = { observationSize, distribution, network: NETWORK, optimizer: OPTIMIZER, seed: SEED, backend: 'wasm' }
  const learner: Learner = createTfLearner({ ...options, clip: createClip(clip) })
  return { venv, learner, distribution, observationSize }
}

export function cleanrlAgent(clip?: ClipConfig): Agent {
  const { venv, learner } = cartpoleLearner(NUM_ENVS, clip)
  return ppo({ venv, learner, learn: LEARN, seed: SEED })
}
