/** How every learner acts: its networks run forward on the CPU, from the flat parameters, without tensors. */
import type { RandomStream } from '../../src/core/random.js'
import type { ActorCritic } from '../networks/actor-critic.js'
import type { Distribution } from '../networks/distribution.js'
import { maskLogits } from '../networks/mask-logits.js'
import { mlpForward } from '../networks/mlp-forward.js'
import type { Learner } from './learner.js'

/**
 * @param parameters read anew at every call, so that training shows at once
 * @param random draws the actions of mode 'sample'
 */
export function cpuPolicy(
  net: ActorCritic,
  distribution: Distribution,
  parameters: Float32Array,
  random: RandomStream,
): Pick<Learner, 'act' | 'values'> {
  const actor = mlpForward(net.actor)
  const critic = mlpForward(net.critic)
  const logStd = net.logStd ? parameters.subarray(net.logStd.offset, net.logStd.offset + net.logStd.size) : new Float32Array(0)
  let decision = { actions: new Float32Array(0), logProbs: new Float32Array(0), values: new Float32Array(0) }
  let values = new Float32Array(0)

  return {
    act(observations, count, mode, masks) {
      checkRows(observations, count, net.observationSize)
      if (decision.values.length !== count) {
        decision = {
          actions: new Float32Array(count * distribution.actionSize),
          logProbs: new Float32Array(count),
          values: new Float32Array(count),
        }
      }
      const outputs = actor(parameters, observations, count)
      if (masks) maskLogits(outputs, masks, outputs)
      if (mode === 'sample') distribution.sample(outputs, logStd, count, random, decision.actions, decision.logProbs)
      else distribution.mode(outputs, logStd, count, decision.actions, decision.logProbs)
      copy(critic(parameters, observations, count), decision.values)
      return decision
    },

    values(observations, count) {
      checkRows(observations, count, net.observationSize)
      if (values.length !== count) values = new Float32Array(count)
      copy(critic(parameters, observations, count), values)
      return values
    },
  }
}

function copy(from: Float32Array, to: Float32Array): void {
  for (let i = 0; i < to.length; i++) to[i] = from[i]!
}

function checkRows(observations: Float32Array, count: number, size: number): void {
  if (observations.length < count * size) {
    throw new RangeError(`learner: expected ${count} observations of ${size} numbers each, got ${observations.length} numbers`)
  }
}
