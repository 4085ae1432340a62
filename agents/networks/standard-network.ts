/**
 * The networks that a configuration describes (placed-network.ts): perceptrons, convolutions, LSTM and GRU, for actor and critic apart or with
 * shared layers. They act on the CPU without tensors (layer-forward.ts) and learn with them (tf-layers.ts).
 */
import * as tf from '@tensorflow/tfjs-core'
import type { NetworkConfig } from '../../src/core/config/schema.js'
import type { Kernels } from '../../src/kernels/kernels.js'
import { type DenseMaker, type DenseRun, kernelDense, plainDense } from './dense-run.js'
import type { Distribution } from './distribution.js'
import { type ImageForm, inOrder, placesOf } from './image.js'
import { layerForward } from './layer-forward.js'
import { initialParameters, type PlacedNetwork, placedNetwork } from './placed-network.js'
import type { PolicyForward, PolicyNetwork } from './policy-network.js'
import { tensorSequences, tfLayers } from './tf-layers.js'

/** A network whose layers are known. */
export interface StandardNetwork extends PolicyNetwork, PlacedNetwork {}

/** Parameters as `placedNetwork`, and its errors. */
export function standardNetwork(
  observationSize: number,
  distribution: Distribution,
  network: NetworkConfig,
  image: ImageForm | null = null,
): StandardNetwork {
  const placed = placedNetwork(observationSize, distribution, network, image)
  const { shared, actor, critic, logStd } = placed
  const tensorSlots = placed.layout.slots.filter((slot) => slot !== logStd)
  const index = new Map(tensorSlots.map(({ name }, i) => [name, i]))
  const seen = imageTensor(image)

  return {
    ...placed,

    initial: (seed) => initialParameters(placed, network, seed),

    forward: (kernels) => forwardOf(placed, image, kernels),

    bind: (parameters) => tensorSlots.map(({ offset, size, shape }) => tf.tensor(parameters.slice(offset, offset + size), [...shape])),

    tensors(x, bound, sequences) {
      const parameterOf = (name: string) => bound[index.get(name)!]!
      const time = tensorSequences(sequences)
      const common = tfLayers(shared, seen(x), parameterOf, time)
      const learnt = shared.length > 0
      return { outputs: tfLayers(actor, common, parameterOf, time, learnt), values: tfLayers(critic, common, parameterOf, time, learnt) }
    },

    dispose() {
      // It holds no tensor between calls.
    },
  }
}

function forwardOf(
  { shared, actor, critic, stateSize }: PlacedNetwork,
  image: ImageForm | null,
  kernels: Kernels | undefined,
): PolicyForward {
  const runs: DenseRun[] = []
  const maker = kernels ? kernelDense(kernels) : plainDense
  const make: DenseMaker = (place) => {
    const run = maker(place)
    runs.push(run)
    return run
  }
  const body = layerForward(shared, stateSize, make)
  const heads = { actor: layerForward(actor, stateSize, make), critic: layerForward(critic, stateSize, make) }
  const seen = imageRows(image)
  let scratch = new Float32Array(0)
  return {
    both(parameters, x, rows, state, next) {
      const common = body(parameters, seen(x, rows), rows, state, next)
      return { outputs: heads.actor(parameters, common, rows, state, next), values: heads.critic(parameters, common, rows, state, next) }
    },
    values(parameters, x, rows, state) {
      if (scratch.length < rows * stateSize) scratch = new Float32Array(rows * stateSize)
      const common = body(parameters, seen(x, rows), rows, state, scratch)
      return heads.critic(parameters, common, rows, state, scratch)
    },
    changed() {
      for (const run of runs) run.changed()
    },
  }
}

/** Rows as the convolutions read them: channels last, scaled. */
function imageRows(image: ImageForm | null): (x: Float32Array, rows: number) => Float32Array {
  if (image === null || (inOrder(image) && image.scale === 1)) return (x) => x
  const places = placesOf(image)
  const { scale } = image
  let out = new Float32Array(0)
  return (x, rows) => {
    if (out.length < rows * places.length) out = new Float32Array(rows * places.length)
    for (let row = 0; row < rows; row++) {
      const at = row * places.length
      for (let i = 0; i < places.length; i++) out[at + i] = x[at + places[i]!]! * scale
    }
    return out
  }
}

/** The same with tensors. */
function imageTensor(image: ImageForm | null): (x: tf.Tensor2D) => tf.Tensor2D {
  if (image === null) return (x) => x
  const { shape, axes, scale } = image
  return (x) => {
    const rows = x.shape[0]
    const turned = inOrder(image)
      ? x
      : tf.reshape(tf.transpose(tf.reshape(x, [rows, ...shape]), [0, ...axes.map((axis) => axis + 1)]), x.shape)
    return (scale === 1 ? turned : tf.mul(turned, scale)) as tf.Tensor2D
  }
}
