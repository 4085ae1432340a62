/** PPO updates as `train` makes them: gathering, loss, gradient, clip of the global norm, Adam. Times are per minibatch step. */
import type { Hyperparameters } from '../../../agents/learners/learner.js'
import { rolloutBuffer } from '../../../agents/rollout/buffer.js'
import type { Rollout } from '../../../agents/rollout/rollout.js'
import { box } from '../../../envs/spaces/box.js'
import { discrete } from '../../../envs/spaces/discrete.js'
import type { VectorEnv } from '../../../envs/vector/vector-env.js'
import { criticCrew } from '../../../src/cli/critic-crew.js'
import { runConfigSchema } from '../../../src/core/config/schema.js'
import { stream } from '../../../src/core/random.js'
import { makeLearner } from '../../../src/train/parts.js'
import { repeated, serve } from './serve.js'
import { type Threads, threadSettings } from './start.js'

export interface UpdateRequest {
  readonly inputs: number
  readonly hidden: readonly number[]
  readonly actions: number
  readonly minibatch: number
  readonly threads: Threads
  /** Milliseconds to work, about. */
  readonly ms: number
}

const MINIBATCHES = 16 // of one rollout
const learners = new Map<string, ReturnType<typeof prepared>>()

await serve(async ({ ms, ...request }: UpdateRequest) => {
  const key = JSON.stringify(request)
  if (!learners.has(key)) learners.set(key, prepared(request))
  const { learner, rollout, hyper } = await learners.get(key)!
  return { ...(await repeated(() => learner.update(rollout, hyper), ms, MINIBATCHES)), backend: learner.backend }
})

async function prepared({ inputs, hidden, actions, minibatch, threads }: Omit<UpdateRequest, 'ms'>) {
  const config = runConfigSchema.parse({
    env: 'CartPole-v1',
    network: { hidden },
    clip: { name: 'global-norm', tau: 0.5 },
    ...threadSettings(threads),
  })
  const limits = { low: -10, high: 10, shape: [inputs] }
  const spaces = { observationSpace: box(limits), actionSpace: discrete(actions) } as Pick<VectorEnv, 'observationSpace' | 'actionSpace'>
  const learner = await makeLearner(config, spaces as VectorEnv, { crew: criticCrew() }) // it reads the spaces only
  const hyper: Hyperparameters = {
    ...{ objective: 'ppo', learningRate: 1e-6, epochs: 1, minibatchSize: minibatch, ratioClip: 0.2, valueClip: null },
    ...{ valueCoefficient: 0.5, entropyCoefficient: 0.01, normalizeAdvantages: true, targetKl: null },
  }
  return { learner, rollout: randomRollout(MINIBATCHES * minibatch, inputs, actions), hyper }
}

function randomRollout(rows: number, inputs: number, actions: number): Rollout {
  const random = stream(1, 'rollout')
  const rollout = rolloutBuffer(rows, 1, inputs, 1)
  for (const array of [rollout.observations, rollout.advantages, rollout.returns, rollout.values])
    for (let i = 0; i < array.length; i++) array[i] = random.normal()
  for (let row = 0; row < rows; row++) {
    rollout.actions[row] = row % actions
    rollout.logProbs[row] = 0.1 * random.normal() - 0.69
  }
  return rollout
}
