/**
 * The policy as a folder that `tf.loadLayersModel` reads, in a browser or in Node: model.json and weights.bin.
 *
 * In: flat observations [batch, D]; where the policy was trained with masks a second input, [batch, logits], 1 where a choice is allowed. Out: logits
 * or means [batch, …] and the value [batch, 1]. Statistics are batch normalisation as it is after training; the clip is made of two ReLUs
 * with a limit, one for each sign. What a mean or logit becomes stands in `userDefinedMetadata`: layers know no argmax.
 */
import type { Json, JsonObject } from '../core/json.js'
import type { ExportFormat } from './format.js'
import { littleEndian } from './little-endian.js'
import { metadataOf } from './metadata.js'
import type { PolicyExport, PolicyLayer, PolicyStatistics } from './policy.js'

export const tfjs: ExportFormat = {
  name: 'tfjs',
  description: 'folder with model.json and weights.bin for tf.loadLayersModel: observations in; logits or mean, and value out',
  extension: null,
  encode,
}

const NEVER = 1e9 // taken off the logit of a choice that is not allowed

/** A model in the making. */
interface Draft {
  /** Adds a layer with its weights. @returns its name */
  layer(kind: string, name: string, from: readonly string[], config?: JsonObject, weights?: readonly Weight[]): string
  readonly layers: Json[]
  readonly weights: Weight[]
}

interface Weight {
  readonly name: string
  readonly shape: readonly number[]
  readonly data: Float32Array
}

function encode(policy: PolicyExport): ReadonlyMap<string, Uint8Array> {
  const { observationSize, statistics, actor, critic, actions } = policy
  const draft = newDraft()
  const inputs = [input(draft, 'observations', observationSize)]
  const seen = statistics ? normalized(draft, statistics, inputs[0]!) : inputs[0]!
  let answer = dense(draft, actor, seen)
  if (actions.kind === 'choices' && actions.masked) {
    const width = actions.sizes.reduce((total, n) => total + n, 0)
    inputs.push(input(draft, 'action_mask', width))
    const penalty = draft.layer('Dense', 'mask_penalty', ['action_mask'], denseConfig(width, 'linear'), [
      { name: 'mask_penalty/kernel', shape: [width, width], data: diagonal(width, NEVER) },
      { name: 'mask_penalty/bias', shape: [width], data: new Float32Array(width).fill(-NEVER) },
    ])
    answer = draft.layer('Add', 'masked_logits', [answer, penalty])
  }
  const outputs = [answer, dense(draft, critic, seen)]
  const ends = (names: readonly string[]): Json => names.map((name) => [name, 0, 0])
  const model = {
    format: 'layers-model',
    generatedBy: 'tau-rl',
    convertedBy: null,
    modelTopology: {
      class_name: 'Model',
      config: { name: 'policy', layers: draft.layers, input_layers: ends(inputs), output_layers: ends(outputs) },
      keras_version: 'tfjs-layers 4.22.0',
      backend: 'tensor_flow.js',
    },
    weightsManifest: [
      { paths: ['weights.bin'], weights: draft.weights.map(({ name, shape }) => ({ name, shape: [...shape], dtype: 'float32' })) },
    ],
    userDefinedMetadata: metadataOf(policy),
  }
  return new Map([
    ['model.json', new TextEncoder().encode(JSON.stringify(model))],
    ['weights.bin', littleEndian(...draft.weights.map(({ data }) => data))],
  ])
}

function newDraft(): Draft {
  const layers: Json[] = []
  const weights: Weight[] = []
  return {
    layers,
    weights,
    layer(kind, name, from, config = {}, own = []) {
      const nodes: Json = from.length === 0 ? [] : [from.map((source) => [source, 0, 0, {}])]
      layers.push({ class_name: kind, name, config: { name, ...config }, inbound_nodes: nodes })
      weights.push(...own)
      return name
    },
  }
}

const input = ({ layer }: Draft, name: string, width: number): string =>
  layer('InputLayer', name, [], { batch_input_shape: [null, width], dtype: 'float32', sparse: false })

/** x − mean over √(variance + ε), between −clip and clip: the parts above and below 0, each with its limit, put together again. */
function normalized({ layer }: Draft, { mean, variance, epsilon, clip }: PolicyStatistics, from: string): string {
  const size = mean.length
  const scaled = (name: string, source: string, sign: number, [centre, spread, added]: readonly [Float32Array, Float32Array, number]) =>
    layer('BatchNormalization', name, [source], { axis: -1, epsilon: added, center: false, scale: true }, [
      { name: `${name}/gamma`, shape: [size], data: new Float32Array(size).fill(sign) },
      { name: `${name}/moving_mean`, shape: [size], data: centre },
      { name: `${name}/moving_variance`, shape: [size], data: spread },
    ])
  const moments = [Float32Array.from(mean), Float32Array.from(variance), epsilon] as const
  const none = [new Float32Array(size), new Float32Array(size).fill(1), 0] as const
  const limited = (name: string, source: string) => layer('ReLU', name, [source], { max_value: clip })
  const above = limited('above', scaled('normalized', from, 1, moments))
  const below = limited('below', scaled('negated', from, -1, moments))
  return layer('Add', 'clipped', [above, scaled('below_negated', below, -1, none)])
}

/** @returns the name of the last layer */
function dense({ layer }: Draft, layers: readonly PolicyLayer[], from: string): string {
  return layers.reduce((source, { name, inputs, outputs, activation, kernel, bias }) => {
    const own = name.replaceAll(/[/-]/g, '_') // scopes end at a slash
    return layer('Dense', own, [source], denseConfig(outputs, activation), [
      { name: `${own}/kernel`, shape: [inputs, outputs], data: kernel },
      { name: `${own}/bias`, shape: [outputs], data: bias },
    ])
  }, from)
}

const denseConfig = (units: number, activation: string): JsonObject => ({ units, activation, use_bias: true })

function diagonal(size: number, value: number): Float32Array {
  const out = new Float32Array(size * size)
  for (let i = 0; i < size; i++) out[i * size + i] = value
  return out
}
