/**
 * Actor and critic as two separate multi-layer perceptrons: which layers there are, where their parameters lie in the one flat array,
 * and their first values. The arithmetic is elsewhere: mlp-forward.ts on the CPU, tf-mlp.ts with tensors.
 *
 * Names: 'actor/hidden-0/kernel', 'critic/output/bias', 'actor/log-std'. Initial values as PPO's reference code: orthogonal kernels with gain
 * √2 in hidden layers, 0.01 for the policy's output (first actions nearly uniform) and 1 for the value; biases 0.
 */
import type { NetworkConfig } from '../../src/core/config/schema.js'
import { stream } from '../../src/core/random.js'
import type { Activation } from '../../src/kernels/activation.js'
import { layout, type ParameterLayout, type ParameterSlot } from '../../src/optim/layout.js'
import type { Distribution } from './distribution.js'
import { orthogonal } from './orthogonal.js'

export interface DenseLayer {
  readonly kind: 'dense'
  readonly inputs: number
  readonly outputs: number
  readonly activation: Activation
  /** [inputs, outputs] */
  readonly kernel: ParameterSlot
  /** [outputs] */
  readonly bias: ParameterSlot
  /** Scale of the orthogonal initial kernel. */
  readonly gain: number
}

export interface ActorCritic {
  readonly observationSize: number
  readonly layout: ParameterLayout
  /** [rows, observationSize] → [rows, outputSize of the distribution] */
  readonly actor: readonly DenseLayer[]
  /** [rows, observationSize] → [rows, 1] */
  readonly critic: readonly DenseLayer[]
  /** Log standard deviations of a Gaussian policy, or null. */
  readonly logStd: ParameterSlot | null
}

/** @param observationSize columns of an encoded observation row */
export function actorCritic(observationSize: number, distribution: Distribution, network: NetworkConfig): ActorCritic {
  const actor = plan('actor', observationSize, distribution.outputSize, 0.01, network)
  const critic = plan('critic', observationSize, 1, 1, network)
  const { logStdSize } = distribution
  const table = layout([
    ...actor.flatMap(parametersOf),
    ...critic.flatMap(parametersOf),
    ...(logStdSize > 0 ? [{ name: 'actor/log-std', shape: [logStdSize], network: 'actor', layer: 'actor/log-std' }] : []),
  ])
  const slot = new Map(table.slots.map((entry) => [entry.name, entry]))
  const place = ({ layer, ...rest }: LayerPlan): DenseLayer => ({
    kind: 'dense',
    ...rest,
    kernel: slot.get(`${layer}/kernel`)!,
    bias: slot.get(`${layer}/bias`)!,
  })
  return {
    observationSize,
    layout: table,
    actor: actor.map(place),
    critic: critic.map(place),
    logStd: slot.get('actor/log-std') ?? null,
  }
}

/** First values of all parameters. The same seed gives the same bits. */
export function initialParameters(net: ActorCritic, network: NetworkConfig, seed: number): Float32Array {
  const parameters = new Float32Array(net.layout.size)
  const random = stream(seed, 'init')
  for (const { inputs, outputs, gain, kernel } of [...net.actor, ...net.critic]) {
    parameters.set(orthogonal(inputs, outputs, gain, random), kernel.offset)
  }
  if (net.logStd) parameters.fill(network.logStdInit, net.logStd.offset, net.logStd.offset + net.logStd.size)
  return parameters
}

interface LayerPlan {
  readonly layer: string
  readonly inputs: number
  readonly outputs: number
  readonly activation: Activation
  readonly gain: number
}

function plan(name: string, inputs: number, outputs: number, outputGain: number, { hidden, activation }: NetworkConfig): LayerPlan[] {
  const sizes = [inputs, ...hidden]
  const layers = hidden.map((units, i) => ({
    layer: `${name}/hidden-${i}`,
    inputs: sizes[i]!,
    outputs: units,
    activation,
    gain: Math.SQRT2,
  }))
  return [...layers, { layer: `${name}/output`, inputs: sizes.at(-1)!, outputs, activation: 'linear', gain: outputGain }]
}

function parametersOf({ layer, inputs, outputs }: LayerPlan) {
  const network = layer.slice(0, layer.indexOf('/'))
  return [
    { name: `${layer}/kernel`, shape: [inputs, outputs], network, layer },
    { name: `${layer}/bias`, shape: [outputs], network, layer },
  ]
}
