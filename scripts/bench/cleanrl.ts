/** Learners and agents for CartPole at CleanRL's settings: what `train` takes by default, and TensorFlow.js. */
import type { Agent } from '../../agents/agent.js'
import { createFusedLearner } from '../../agents/learners/fused-learner.js'
import type { Learner } from '../../agents/learners/learner.js'
import { createTfLearner } from '../../agents/learners/tf-learner.js'
import { ppo } from '../../agents/ppo.js'
import { actionAdapter } from '../../agents/rollout/actions.js'
import { makeVec } from '../../envs/registry.js'
import { createClip } from '../../src/clip/registry.js'
import type { ClipConfig } from '../../src/core/config/schema.js'
import { loadKernels } from '../../src/kernels/load.js'
import { LEARN, NETWORK, NUM_ENVS, OPTIMIZER, SEED } from './cleanrl-settings.js'

export { LEARN, NETWORK, NUM_ENVS, OPTIMIZER, SEED }

/** 'fused': on one thread. 'wasm': TensorFlow.js, whose wasm backend must be active. */
export type Computing = 'fused' | 'wasm'

/** CartPole with N environments and a learner for it. */
export function cartpoleLearner(numEnvs: number, clip: ClipConfig = { name: 'global-norm' }, on: Computing = 'fused') {
  const venv = makeVec('CartPole-v1', { numEnvs })
  const { distribution } = actionAdapter(venv.actionSpace)
  const observationSize = venv.observationSpace.size
  const options = { observationSize, distribution, network: NETWORK, optimizer: OPTIMIZER, seed: SEED, clip: createClip(clip) }
  const learner: Learner =
    on === 'fused' ? createFusedLearner({ ...options, kernels: loadKernels() }) : createTfLearner({ ...options, backend: on })
  return { venv, learner, distribution, observationSize }
}

export function cleanrlAgent(clip?: ClipConfig, on?: Computing): Agent {
  const { venv, learner } = cartpoleLearner(NUM_ENVS, clip, on)
  return ppo({ venv, learner, learn: LEARN, seed: SEED })
}
