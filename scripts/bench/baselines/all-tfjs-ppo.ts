/**
 * PPO as one would write it with TensorFlow.js alone: what ours is measured against.
 *
 * Variables, matrix products, tf.multinomial for the actions, tf.variableGrads for the gradient, tf.train.adam for the step; every number
 * that the networks give goes through tensors. No tricks in either direction: tensors are disposed of as they should be, all environments
 * share one forward pass, data that the update needs is uploaded once per rollout. Environments, GAE and initial weights are ours.
 * The settings are CleanRL's (cleanrl.ts).
 */
import * as tf from '@tensorflow/tfjs-core'
import { actorCritic } from '../../../agents/networks/actor-critic.js'
import type { DenseLayer } from '../../../agents/networks/layers.js'
import { initialParameters } from '../../../agents/networks/placed-network.js'
import { actionAdapter } from '../../../agents/rollout/actions.js'
import { estimateAdvantages } from '../../../agents/rollout/advantage.js'
import type { Rollout } from '../../../agents/rollout/rollout.js'
import type { VectorEnv } from '../../../envs/vector/vector-env.js'
import { stream } from '../../../src/core/random.js'
import { LEARN, NETWORK, SEED } from '../cleanrl.js'

export interface TfjsPolicy {
  /** Actions, log-probabilities and values of `count` environments, drawn and computed with tensors. */
  act(
    observations: Float32Array,
    count: number,
  ): { readonly actions: Float32Array; readonly logProbs: Float32Array; readonly values: Float32Array }
  values(observations: Float32Array, count: number): Float32Array
  dispose(): void
}

export interface AllTfjsPpo {
  /** One rollout of T steps and the update learnt from it. @returns returns of the episodes that ended */
  iterate(progress: number): number[]
  dispose(): void
}

const BATCH = ['observations', 'actions', 'logProbs', 'advantages', 'returns', 'values'] as const
type Batch = Readonly<Record<(typeof BATCH)[number], tf.Tensor>>

/** The policy alone. */
export function tfjsPolicy(venv: VectorEnv): TfjsPolicy {
  const nets = networks(venv)
  return { ...policyOn(nets, venv.observationSpace.size), dispose: () => tf.dispose(nets.all) }
}

function policyOn({ actor, critic }: Networks, width: number): Omit<TfjsPolicy, 'dispose'> {
  const random = stream(SEED, 'policy')
  const criticOf = (x: tf.Tensor) => tf.squeeze(mlp(critic, x), [1]).dataSync() as Float32Array
  return {
    act: (observations, count) =>
      tf.tidy(() => {
        const x = tf.tensor2d(observations, [count, width])
        const logits = mlp(actor, x)
        const chosen = tf.squeeze(tf.multinomial(logits as tf.Tensor2D, 1, random.below(2 ** 31)), [1])
        const logProbs = logProbOf(logits, chosen).dataSync() as Float32Array
        return { actions: Float32Array.from(chosen.dataSync()), logProbs, values: criticOf(x) }
      }),
    values: (observations, count) => tf.tidy(() => criticOf(tf.tensor2d(observations, [count, width]))),
  }
}

export function allTfjsPpo(venv: VectorEnv): AllTfjsPpo {
  const nets = networks(venv)
  const { actor, critic, all } = nets
  const policy = policyOn(nets, venv.observationSpace.size)
  const optimizer = tf.train.adam(2.5e-4, 0.9, 0.999, 1e-5)
  const shuffleRandom = stream(SEED, 'shuffle')
  const steps = LEARN.rolloutSteps
  const count = venv.numEnvs
  const width = venv.observationSpace.size
  const rows = steps * count
  const storage = {
    ...{ steps, numEnvs: count, observationSize: width, actionSize: 1 },
    observations: new Float32Array(rows * width),
    actions: new Float32Array(rows),
    masks: null,
    logProbs: new Float32Array(rows),
    values: new Float32Array(rows),
    rewards: new Float64Array(rows),
    terminated: new Uint8Array(rows),
    truncated: new Uint8Array(rows),
    finalValues: new Float32Array(rows),
    lastValues: new Float32Array(count),
    advantages: new Float32Array(rows),
    returns: new Float32Array(rows),
    episodeReturns: [] as number[],
  } satisfies Rollout
  let current = venv.reset({ seed: SEED }).slice()

  function collect(): number[] {
    const ended: number[] = []
    for (let t = 0; t < steps; t++) {
      const at = t * count
      storage.observations.set(current, at * width)
      const { actions, logProbs, values } = policy.act(current, count)
      storage.actions.set(actions, at)
      storage.logProbs.set(logProbs, at)
      storage.values.set(values, at)
      const result = venv.step(actions)
      storage.rewards.set(result.rewards, at)
      storage.terminated.set(result.terminated, at)
      storage.truncated.set(result.truncated, at)
      storage.finalValues.fill(0, at, at + count)
      if (result.truncated.includes(1)) {
        const finals = policy.values(result.finalObservations, count)
        for (let n = 0; n < count; n++) {
          if (result.truncated[n] === 1 && result.terminated[n] === 0) storage.finalValues[at + n] = finals[n]!
        }
      }
      for (const episode of result.episodes) ended.push(episode.return)
      current = result.observations.slice()
    }
    storage.lastValues.set(policy.values(current, count))
    estimateAdvantages(storage, LEARN.gamma, LEARN.lambda, storage.advantages, storage.returns)
    return ended
  }

  function lossOf({ observations, actions, logProbs, advantages, returns, values }: Batch): tf.Scalar {
    const logits = mlp(actor, observations)
    const value = tf.squeeze(mlp(critic, observations), [1])
    const ratio = tf.exp(tf.sub(logProbOf(logits, actions), logProbs))
    const clipped = tf.clipByValue(ratio, 0.8, 1.2)
    const policyLoss = tf.neg(tf.mean(tf.minimum(tf.mul(ratio, advantages), tf.mul(clipped, advantages))))
    const nearOld = tf.add(values, tf.clipByValue(tf.sub(value, values), -0.2, 0.2))
    const squares = tf.maximum(tf.square(tf.sub(value, returns)), tf.square(tf.sub(nearOld, returns)))
    const valueLoss = tf.mul(tf.mean(squares), 0.5)
    const logP = tf.logSoftmax(logits)
    const entropy = tf.neg(tf.mean(tf.sum(tf.mul(tf.exp(logP), logP), -1)))
    return tf.add(tf.sub(policyLoss, tf.mul(entropy, 0.01)), tf.mul(valueLoss, LEARN.valueCoefficient)) as tf.Scalar
  }

  function step(whole: Batch, order: Int32Array): void {
    tf.tidy(() => {
      const index = tf.tensor1d(order, 'int32')
      const picked = Object.fromEntries(BATCH.map((name) => [name, tf.gather(whole[name], index)])) as unknown as Record<
        keyof Batch,
        tf.Tensor
      >
      const batch = { ...picked, advantages: normalised(picked.advantages) }
      const { grads } = tf.variableGrads(() => lossOf(batch), all)
      const norm = tf.sqrt(tf.addN(Object.values(grads).map((gradient) => tf.sum(tf.square(gradient)))))
      const scale = tf.minimum(1, tf.div(0.5, tf.add(norm, 1e-6)))
      optimizer.applyGradients(Object.fromEntries(Object.entries(grads).map(([name, gradient]) => [name, tf.mul(gradient, scale)])))
    })
  }

  return {
    iterate(progress) {
      const ended = collect()
      // Adam keeps its learning rate in a field that its type hides.
      ;(optimizer as unknown as { learningRate: number }).learningRate = 2.5e-4 * (1 - progress)
      const whole: Batch = {
        observations: tf.tensor2d(storage.observations, [rows, width]),
        actions: tf.tensor1d(storage.actions),
        logProbs: tf.tensor1d(storage.logProbs),
        advantages: tf.tensor1d(storage.advantages),
        returns: tf.tensor1d(storage.returns),
        values: tf.tensor1d(storage.values),
      }
      const order = Int32Array.from({ length: rows }, (_, i) => i)
      for (let epoch = 0; epoch < LEARN.epochs; epoch++) {
        for (let i = rows - 1; i > 0; i--) {
          const j = shuffleRandom.below(i + 1)
          const kept = order[i]!
          order[i] = order[j]!
          order[j] = kept
        }
        for (let from = 0; from < rows; from += LEARN.minibatchSize) step(whole, order.slice(from, from + LEARN.minibatchSize))
      }
      tf.dispose(Object.values(whole))
      return ended
    },
    dispose() {
      tf.dispose(all)
      optimizer.dispose()
    },
  }
}

interface Dense {
  readonly kernel: tf.Variable
  readonly bias: tf.Variable
}

interface Networks {
  readonly actor: readonly Dense[]
  readonly critic: readonly Dense[]
  readonly all: tf.Variable[]
}

/** Variables with the same first values as our learner's. */
function networks(venv: VectorEnv): Networks {
  const net = actorCritic(venv.observationSpace.size, actionAdapter(venv.actionSpace).distribution, NETWORK)
  const parameters = initialParameters(net, NETWORK, SEED)
  const variable = ({ offset, size, shape }: DenseLayer['kernel']) =>
    tf.tidy(() => tf.variable(tf.tensor(parameters.slice(offset, offset + size), [...shape])))
  const layers = (plan: readonly DenseLayer[]): Dense[] =>
    plan.map(({ kernel, bias }) => ({ kernel: variable(kernel), bias: variable(bias) }))
  const actor = layers(net.actor)
  const critic = layers(net.critic)
  return { actor, critic, all: [...actor, ...critic].flatMap(({ kernel, bias }) => [kernel, bias]) }
}

function mlp(layers: readonly Dense[], x: tf.Tensor): tf.Tensor {
  return layers.reduce((h: tf.Tensor, { kernel, bias }, i) => {
    const z = tf.add(tf.matMul(h as tf.Tensor2D, kernel as unknown as tf.Tensor2D), bias)
    return i < layers.length - 1 ? tf.tanh(z) : z
  }, x)
}

function logProbOf(logits: tf.Tensor, actions: tf.Tensor): tf.Tensor {
  const chosen = tf.oneHot(tf.cast(actions, 'int32'), logits.shape[1]!)
  return tf.sum(tf.mul(tf.logSoftmax(logits), tf.cast(chosen, 'float32')), -1)
}

/** (A − mean) / (sd + 1e-8), ddof 1. */
function normalised(advantages: tf.Tensor): tf.Tensor {
  const centred = tf.sub(advantages, tf.mean(advantages))
  const sd = tf.sqrt(tf.div(tf.sum(tf.square(centred)), advantages.size - 1))
  return tf.div(centred, tf.add(sd, 1e-8))
}
