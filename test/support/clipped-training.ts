/** Training with tfjs in small: gradients of one's own, a model of two layers, and a file in memory. */
import * as tf from '@tensorflow/tfjs-core'
import { type LayersModel, layers, loadLayersModel, sequential } from '@tensorflow/tfjs-layers'

/** Steps with these gradients, one list per variable; null: none in this step. */
export function walk(optimizer: tf.Optimizer, of: tf.Variable[], gradients: (number[] | null)[][]): number[][] {
  for (const step of gradients) {
    const tensors = step.map((gradient) => (gradient === null ? null : tf.tensor1d(gradient)))
    optimizer.applyGradients(of.map(({ name }, i) => ({ name, tensor: tensors[i] as tf.Tensor })))
    for (const one of tensors) one?.dispose()
  }
  return of.map((one) => [...one.dataSync()])
}

const gradientAt = (t: number, k: number): number[] => [0, 1, 2].map((i) => Math.sin(i + k + 0.7 * t) * (t % 9 === 8 ? 30 : 1))
export const course = (steps: number, count = 2) =>
  Array.from({ length: steps }, (_, t) => Array.from({ length: count }, (_, k) => gradientAt(t, k)))

export function smallModel(): LayersModel & { fit: LayersModel['fit'] } {
  const initializer = (seed: number) => ({ className: 'GlorotUniform', config: { seed } })
  return sequential({
    layers: [
      layers.dense({ inputShape: [3], units: 5, activation: 'tanh', kernelInitializer: initializer(1) as never }),
      layers.dense({ units: 1, kernelInitializer: initializer(2) as never }),
    ],
  })
}

export function data(): [tf.Tensor, tf.Tensor] {
  const x = tf.tensor2d(
    Array.from({ length: 64 * 3 }, (_, i) => Math.sin(1.7 * i)),
    [64, 3],
  )
  return [x, tf.tidy(() => tf.sum(x, 1, true))]
}

/** Saves into memory and loads again, as a file would: what is text goes through JSON. */
export async function throughStorage(model: LayersModel): Promise<LayersModel> {
  let kept: tf.io.ModelArtifacts = {}
  const handler: tf.io.IOHandler = {
    save: async (artifacts) => {
      const { weightData, ...text } = structuredClone(artifacts)
      kept = { ...JSON.parse(JSON.stringify(text)), weightData }
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } }
    },
    load: async () => kept,
  }
  await model.save(handler, { includeOptimizer: true })
  return loadLayersModel(handler)
}

/** The optimiser's weights as a file would bring them to another program: copies, which are thrown away after loading. */
export async function weightsThroughStorage(from: tf.Optimizer, to: tf.Optimizer): Promise<void> {
  const weights = (await from.getWeights()).map(({ name, tensor }) => ({ name, tensor: tensor.clone() }))
  await to.setWeights(weights)
  for (const { tensor } of weights) tensor.dispose()
}
