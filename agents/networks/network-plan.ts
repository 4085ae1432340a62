/**
 * What a configuration makes of a network, before parameters have a place: its layers in order.
 *
 *     [convolutions] → [memory] → hidden layers → output
 *
 * Shared: everything but the two outputs is one network, named 'shared'; each part is a network of its own to the gradient clip. Perceptrons and
 * memories are apart by default (Stable-Baselines3's defaults, and the better choice in Andrychowicz et al. 2021, arXiv:2006.05990);
 * convolutions are shared (Mnih et al. 2015 and all its successors: most of the time goes there, and both heads need the same features).
 * Gains of the orthogonal first values: √2 before hidden activations, 1 in memories and for the value, 0.01 for the policy.
 */
import type { NetworkConfig } from '../../src/core/config/schema.js'
import { UsageError } from '../../src/core/errors.js'
import type { ParameterSlot } from '../../src/optim/layout.js'
import type { Distribution } from './distribution.js'
import type { ImageForm } from './image.js'
import { gatesOf, type LayerPlan, outputsOf } from './layers.js'

export interface NetworkPlan {
  /** Before actor and critic, for both; none where they are apart. */
  readonly shared: readonly LayerPlan[]
  readonly actor: readonly LayerPlan[]
  readonly critic: readonly LayerPlan[]
}

/** @throws UsageError when layers do not go together, or convolutions do not fit the image */
export function networkPlan(
  observationSize: number,
  distribution: Pick<Distribution, 'outputSize'>,
  network: NetworkConfig,
  image: ImageForm | null,
): NetworkPlan {
  const body = (name: string) => bodyOf(name, observationSize, network, image)
  const head = (name: string, before: readonly LayerPlan[], outputs: number, gain: number): LayerPlan => {
    const last = before.at(-1)
    const inputs = last ? outputsOf(last) : observationSize
    return { kind: 'dense', name: `${name}/output`, inputs, outputs, activation: 'linear', gain }
  }
  const shared = network.shared ? body('shared') : []
  const own = (name: string, outputs: number, gain: number): LayerPlan[] => {
    const layers = network.shared ? [] : body(name)
    return [...layers, head(name, network.shared ? shared : layers, outputs, gain)]
  }
  return { shared, actor: own('actor', distribution.outputSize, 0.01), critic: own('critic', 1, 1) }
}

function bodyOf(name: string, observationSize: number, network: NetworkConfig, image: ImageForm | null): LayerPlan[] {
  const { kind, conv, activation } = network
  if (kind === 'cnn' && conv.length === 0)
    throw new UsageError('network.conv: expected at least one convolution for network.kind cnn, got none.')
  if (kind === 'mlp' && conv.length > 0)
    throw new UsageError(`network.conv: a perceptron has no convolutions, got ${conv.length}; set network.kind=cnn.`)
  const convolutions = convPlans(name, network, image)
  let inputs = convolutions.length > 0 ? outputsOf(convolutions.at(-1)!) : observationSize
  const memories: LayerPlan[] = []
  if (kind === 'lstm' || kind === 'gru') {
    memories.push({ kind, name: `${name}/memory`, inputs, units: network.memory })
    inputs = network.memory
  }
  const hidden = network.hidden.map((outputs, i): LayerPlan => {
    const layer = { kind: 'dense' as const, name: `${name}/hidden-${i}`, inputs, outputs, activation, gain: Math.SQRT2 }
    inputs = outputs
    return layer
  })
  return [...convolutions, ...memories, ...hidden]
}

function convPlans(name: string, { conv, activation }: NetworkConfig, image: ImageForm | null): LayerPlan[] {
  if (conv.length > 0 && image === null) throw new UsageError('network.conv: expected observations that are images, got plain numbers.')
  let { height, width, channels } = image ?? { height: 0, width: 0, channels: 0 }
  return conv.map(({ filters, size, stride }, i): LayerPlan => {
    if (size > height || size > width) {
      throw new UsageError(
        `network.conv[${i}]: expected a filter that fits an image of ${height} × ${width} cells, got size ${size}. ` +
          'Use smaller or fewer convolutions; network.conv=minatar fits 10 × 10.',
      )
    }
    const outHeight = Math.floor((height - size) / stride) + 1
    const outWidth = Math.floor((width - size) / stride) + 1
    const layer = { kind: 'conv' as const, name: `${name}/conv-${i}`, height, width, channels, filters, size, stride, outHeight, outWidth }
    ;[height, width, channels] = [outHeight, outWidth, filters]
    return { ...layer, activation, gain: Math.SQRT2 }
  })
}

/** The parameters of a layer, in the order in which they lie. */
export function parametersOf(plan: LayerPlan): Omit<ParameterSlot, 'offset' | 'size'>[] {
  const network = plan.name.slice(0, plan.name.indexOf('/'))
  const slot = (part: string, shape: readonly number[]) => ({ name: `${plan.name}/${part}`, shape, network, layer: plan.name })
  switch (plan.kind) {
    case 'dense':
      return [slot('kernel', [plan.inputs, plan.outputs]), slot('bias', [plan.outputs])]
    case 'conv':
      return [slot('kernel', [plan.size, plan.size, plan.channels, plan.filters]), slot('bias', [plan.filters])]
    default: {
      const width = gatesOf(plan.kind) * plan.units
      return [slot('kernel', [plan.inputs, width]), slot('recurrent', [plan.units, width]), slot('bias', [width])]
    }
  }
}
