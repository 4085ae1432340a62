/** How learners act: their network runs forward from the flat parameters, on the CPU, without tensors where its layers are known. */
import type { RandomStream } from '../../src/core/random.js'
import type { Kernels } from '../../src/kernels/kernels.js'
import type { Distribution } from '../networks/distribution.js'
import { maskLogits } from '../networks/mask-logits.js'
import type { PolicyNetwork } from '../networks/policy-network.js'
import type { Learner } from './learner.js'

export interface CpuPolicy extends Pick<Learner, 'act' | 'values' | 'stateSize'> {
  /** Says that parameters were changed. */
  changed(): void
}

/**
 * @param random draws the actions of mode 'sample'  @param kernels to run large layers on
 */
export function cpuPolicy(
  net: PolicyNetwork,
  distribution: Distribution,
  parameters: Float32Array,
  random: RandomStream,
  kernels?: Kernels,
): CpuPolicy {
  const { stateSize } = net
  const forward = net.forward(kernels)
  let nothing = new Float32Array(0)
  const logStd = net.logStd ? parameters.subarray(net.logStd.offset, net.logStd.offset + net.logStd.size) : new Float32Array(0)
  let decision = decisionFor(0)
  let values = new Float32Array(0)

  function decisionFor(count: number) {
    const column = (width: number) => new Float32Array(count * width)
    const { actionSize } = distribution
    return { actions: column(actionSize), logProbs: column(1), values: column(1), ...(stateSize > 0 && { state: column(stateSize) }) }
  }

  /** [count, S] 0: nothing is remembered. */
  function noState(count: number): Float32Array {
    if (nothing.length < count * stateSize) nothing = new Float32Array(count * stateSize)
    return nothing
  }

  return {
    changed: () => forward.changed?.(),
    ...(stateSize > 0 && { stateSize }),

    act(observations, count, mode, masks, state = noState(count)) {
      checkRows(observations, count, net.observationSize)
      if (decision.values.length !== count) decision = decisionFor(count)
      const { outputs, values: known } = forward.both(parameters, observations, count, state, decision.state ?? state)
      if (masks) maskLogits(outputs, masks, outputs)
      if (mode === 'sample') distribution.sample(outputs, logStd, count, random, decision.actions, decision.logProbs)
      else distribution.mode(outputs, logStd, count, decision.actions, decision.logProbs)
      copy(known, decision.values)
      return decision
    },

    values(observations, count, state = noState(count)) {
      checkRows(observations, count, net.observationSize)
      if (values.length !== count) values = new Float32Array(count)
      copy(forward.values(parameters, observations, count, state), values)
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
