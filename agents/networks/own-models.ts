/**
 * A pair of TensorFlow.js layers models as actor and critic: what is checked of them, the names of their weights, and how stacks of dense layers act
 * on the CPU without tensors.
 */
import * as tf from '@tensorflow/tfjs-core'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import { UsageError } from '../../src/core/errors.js'
import type { Activation } from '../../src/kernels/activation.js'
import type { ParameterSlot } from '../../src/optim/layout.js'
import { layerForward } from './layer-forward.js'
import type { DenseLayer } from './layers.js'
import type { NetworkRequest, OwnModels, Parameter, Parts } from './own-parts.js'
import type { PolicyForward } from './policy-network.js'

/** @throws UsageError when inputs or outputs do not fit the request */
export function partsOfModels({ actor, critic }: OwnModels, request: NetworkRequest): Parts {
  checkModel('actor', actor, request, request.outputSize)
  checkModel('critic', critic, request, 1)
  const [ofActor, ofCritic] = [weightsOf('actor', actor), weightsOf('critic', critic)]
  const stacks = [denseStack('actor', actor), denseStack('critic', critic)] as const
  const run = (model: LayersModel, x: tf.Tensor2D) => model.apply(tf.reshape(x, [x.shape[0], ...inputShape(model)])) as tf.Tensor
  return {
    parameters: [...ofActor.learnt, ...ofCritic.learnt],
    constants: [...ofActor.fixed, ...ofCritic.fixed],
    forward: stacks[0] && stacks[1] ? denseForward(stacks[0], stacks[1]) : null,
    apply: (x) => ({ outputs: run(actor, x), values: run(critic, x) }),
    dispose() {
      actor.dispose()
      critic.dispose()
    },
  }
}

export const isModel = (value: unknown): value is LayersModel =>
  typeof value === 'object' && value !== null && 'layers' in value && 'predict' in value && 'trainableWeights' in value

const inputShape = (model: LayersModel): number[] => (model.inputs[0]!.shape as (number | null)[]).slice(1).map((n) => n ?? 1)

function checkModel(name: string, model: LayersModel, { observationSize }: NetworkRequest, columns: number): void {
  if (model.inputs.length !== 1 || model.outputs.length !== 1) {
    throw new UsageError(
      `network: ${name}: expected a model with one input and one output, got ${model.inputs.length} and ${model.outputs.length}.`,
    )
  }
  const input = inputShape(model)
  const size = input.reduce((product, n) => product * n, 1)
  if (size !== observationSize) {
    throw new UsageError(`network: ${name}: expected an input of ${observationSize} numbers a row, got [${input.join(', ')}].`)
  }
  const output = (model.outputs[0]!.shape as (number | null)[]).slice(1)
  if (output.length !== 1 || output[0] !== columns) {
    throw new UsageError(`network: ${name}: expected an output of [rows, ${columns}], got [rows, ${output.join(', ')}].`)
  }
}

/** The weights of a model by names that do not count how many models there were before. */
function weightsOf(network: string, model: LayersModel): { readonly learnt: readonly Parameter[]; readonly fixed: readonly Parameter[] } {
  const taken = new Set<string>()
  const learnt = new Set(model.trainableWeights)
  const lists = { learnt: [] as Parameter[], fixed: [] as Parameter[] }
  model.layers
    .filter(({ weights }) => weights.length > 0)
    .forEach((layer, i) => {
      for (const weight of layer.weights) {
        const part = weight.originalName.split('/').at(-1)!
        let name = `${network}/${layerName(layer.name, layer.getClassName(), i)}/${part}`
        while (taken.has(name)) name += "'"
        taken.add(name)
        lists[learnt.has(weight) ? 'learnt' : 'fixed'].push({ name, variable: weight.read() as tf.Variable })
      }
    })
  return lists
}

/** 'dense_Dense7', which TensorFlow.js made up, becomes 'dense-0': its place among the layers with weights. */
function layerName(name: string, kind: string, place: number): string {
  const madeUp = new RegExp(`^(\\w+)_${kind}\\d+$`).exec(name)
  return madeUp ? `${madeUp[1]}-${place}` : name.replaceAll('/', '-')
}

interface DensePlan {
  readonly name: string
  readonly inputs: number
  readonly outputs: number
  readonly activation: Activation
}

const KNOWN: readonly string[] = ['linear', 'tanh', 'relu', 'elu'] satisfies readonly Activation[]

/** Null where the model is something else. */
function denseStack(network: string, model: LayersModel): readonly DensePlan[] | null {
  if (model.getClassName() !== 'Sequential') return null
  const plans: DensePlan[] = []
  const withWeights = model.layers.filter(({ weights }) => weights.length > 0)
  for (const layer of model.layers) {
    const kind = layer.getClassName()
    if (kind === 'InputLayer' || kind === 'Flatten') continue
    const { units, activation, useBias } = layer.getConfig() as { units?: number; activation?: string; useBias?: boolean }
    if (kind !== 'Dense' || useBias !== true || !KNOWN.includes(activation ?? '') || typeof units !== 'number') return null
    if (!layer.trainable || typeof layer.outputShape[1] !== 'number' || layer.outputShape.length !== 2) return null
    plans.push({
      name: `${network}/${layerName(layer.name, kind, withWeights.indexOf(layer))}`,
      inputs: layer.weights[0]!.shape[0]!,
      outputs: units,
      activation: activation as Activation,
    })
  }
  return plans
}

const denseForward =
  (actor: readonly DensePlan[], critic: readonly DensePlan[]) =>
  (slots: ReadonlyMap<string, ParameterSlot>): PolicyForward => {
    const placed = (plans: readonly DensePlan[]) =>
      layerForward(
        plans.map((plan): DenseLayer => {
          const [kernel, bias] = [slots.get(`${plan.name}/kernel`)!, slots.get(`${plan.name}/bias`)!]
          return { kind: 'dense', ...plan, kernel, bias, gain: 1 }
        }),
        0,
      )
    const [ofActor, ofCritic] = [placed(actor), placed(critic)]
    return {
      both: (parameters, x, rows, state, next) => ({
        outputs: ofActor(parameters, x, rows, state, next),
        values: ofCritic(parameters, x, rows, state, next),
      }),
      values: (parameters, x, rows, state) => ofCritic(parameters, x, rows, state, state),
    }
  }
