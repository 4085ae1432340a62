/**
 * The layers of a standard network with the places of their parameters in the one flat array, and their first values: orthogonal kernels with the
 * gains of network-plan.ts, biases 0. No arithmetic, and nothing of TensorFlow.js: every learner begins here.
 *
 * Names: 'actor/hidden-0/kernel', 'critic/output/bias', 'actor/log-std'.
 */
import type { NetworkConfig } from '../../src/core/config/schema.js'
import { stream } from '../../src/core/random.js'
import { layout, type ParameterLayout, type ParameterSlot } from '../../src/optim/layout.js'
import type { Distribution } from './distribution.js'
import type { ImageForm } from './image.js'
import { type ConvLayer, type DenseLayer, type Layer, type LayerPlan, type MemoryLayer, statesOf } from './layers.js'
import { networkPlan, parametersOf } from './network-plan.js'
import { orthogonal } from './orthogonal.js'

export interface PlacedNetwork {
  readonly observationSize: number
  readonly layout: ParameterLayout
  /** Layers before actor and critic, for both; none where they are apart. */
  readonly shared: readonly Layer[]
  readonly actor: readonly Layer[]
  readonly critic: readonly Layer[]
  /** Log standard deviations of a Gaussian policy, or null. */
  readonly logStd: ParameterSlot | null
  /** Numbers that the layers carry from step to step in each environment. */
  readonly stateSize: number
}

/**
 * @param observationSize columns of an encoded observation row
 * @param image what they are as an image: needed where there are convolutions
 * @throws UsageError when the layers do not go together, or do not fit the image
 */
export function placedNetwork(
  observationSize: number,
  { outputSize, logStdSize }: Pick<Distribution, 'outputSize' | 'logStdSize'>,
  network: NetworkConfig,
  image: ImageForm | null,
): PlacedNetwork {
  const plans = networkPlan(observationSize, { outputSize }, network, image)
  const table = layout([
    ...[...plans.shared, ...plans.actor, ...plans.critic].flatMap(parametersOf),
    ...(logStdSize > 0 ? [{ name: 'actor/log-std', shape: [logStdSize], network: 'actor', layer: 'actor/log-std' }] : []),
  ])
  const slots = new Map(table.slots.map((slot) => [slot.name, slot]))
  let stateSize = 0
  const place = (plan: LayerPlan): Layer => {
    const slot = (part: string): ParameterSlot => slots.get(`${plan.name}/${part}`)!
    const own = { kernel: slot('kernel'), bias: slot('bias') }
    if (plan.kind === 'dense' || plan.kind === 'conv') return { ...plan, ...own } as DenseLayer | ConvLayer
    const layer = { ...plan, ...own, recurrent: slot('recurrent'), stateAt: stateSize } as MemoryLayer
    stateSize += layer.units * statesOf(layer.kind)
    return layer
  }
  const [shared, actor, critic] = [plans.shared.map(place), plans.actor.map(place), plans.critic.map(place)]
  return { observationSize, layout: table, shared, actor, critic, logStd: slots.get('actor/log-std') ?? null, stateSize }
}

/** First values of all parameters. The same seed gives the same bits. */
export function initialParameters(
  { layout: { size }, shared, actor, critic, logStd }: PlacedNetwork,
  { logStdInit }: Pick<NetworkConfig, 'logStdInit'>,
  seed: number,
): Float32Array {
  const parameters = new Float32Array(size)
  const random = stream(seed, 'init')
  for (const layer of [...shared, ...actor, ...critic]) {
    const { kernel } = layer
    const outputs = kernel.shape.at(-1)!
    const gain = 'gain' in layer ? layer.gain : 1
    parameters.set(orthogonal(kernel.size / outputs, outputs, gain, random), kernel.offset)
    if ('recurrent' in layer) parameters.set(orthogonal(layer.units, outputs, 1, random), layer.recurrent.offset)
  }
  if (logStd) parameters.fill(logStdInit, logStd.offset, logStd.offset + logStd.size)
  return parameters
}
