/**
 * A network of one's own: a pair of TensorFlow.js layers models, or a function from observations to outputs and values with the variables that it
 * learns. Parameters still lie in the one flat array that clip, optimiser and checkpoints know; the variables are written from it
 * before they are used.
 *
 * Names come from the models ('actor/dense-0/kernel') or from the keys of `variables`: 'critic/first/kernel' is a parameter of network 'critic' and
 * layer 'critic/first'. Models that are stacks of dense layers act on the CPU without tensors; others act through TensorFlow.js.
 */
import * as tf from '@tensorflow/tfjs-core'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import type { NumberArray } from '../../src/core/bundle.js'
import { RunError, UsageError } from '../../src/core/errors.js'
import type { Activation } from '../../src/kernels/activation.js'
import { layout, type ParameterSlot } from '../../src/optim/layout.js'
import type { DenseLayer } from './actor-critic.js'
import type { Distribution } from './distribution.js'
import { layerForward } from './layer-forward.js'
import type { PolicyForward, PolicyNetwork } from './policy-network.js'

/** What a network is made for. */
export interface NetworkRequest {
  /** Columns of an observation row, and what they are in the environment: [10, 10, 4] for an image. */
  readonly observationSize: number
  readonly observationShape: readonly number[]
  /** Columns that the policy must put out: one logit for each choice, or one mean for each number of an action. */
  readonly outputSize: number
  readonly distribution: Distribution['kind']
  /** Of the run: for initialisers, so that the same seed gives the same network. */
  readonly seed: number
}

export type OwnNetwork = OwnModels | OwnFunction

/** Each with one input, [rows, observationSize] or [rows, …observationShape], and one output: [rows, outputSize] and [rows, 1]. */
export interface OwnModels {
  readonly actor: LayersModel
  readonly critic: LayersModel
}

export interface OwnFunction {
  /** What is learnt, by name: 'network/layer/parameter'. */
  readonly variables: Readonly<Record<string, tf.Variable>>
  /** Differentiable. @param observations [rows, observationSize]  @returns [rows, outputSize], and [rows, 1] or [rows] */
  apply(observations: tf.Tensor2D): { readonly outputs: tf.Tensor; readonly values: tf.Tensor }
}

/** Called once for each learner. */
export type NetworkMaker = (request: NetworkRequest) => OwnNetwork

interface Parameter {
  readonly name: string
  readonly variable: tf.Variable
}

interface Parts extends Pick<OwnFunction, 'apply'> {
  readonly parameters: readonly Parameter[]
  /** Weights that are not learnt. */
  readonly constants: readonly Parameter[]
  /** The same as layers, where they are stacks of dense ones. */
  readonly dense: { readonly actor: readonly DensePlan[]; readonly critic: readonly DensePlan[] } | null
  dispose(): void
}

/**
 * Makes the network and tries it, forward and backward, so that what is wrong is said before anything starts.
 * @param logStdInit first log standard deviation of a Gaussian policy
 * @throws UsageError naming the part, what was expected and what came
 */
export function ownNetwork(make: NetworkMaker, request: NetworkRequest, { logStdSize }: Distribution, logStdInit: number): PolicyNetwork {
  const parts = partsOf(make(request), request)
  const { parameters, constants, dense, apply } = parts
  const { observationSize } = request
  tryOut(parts, request)
  const table = layout([
    ...parameters.map(({ name, variable }) => ({ name, shape: variable.shape, ...placeOf(name) })),
    ...(logStdSize > 0 ? [{ name: 'actor/log-std', shape: [logStdSize], network: 'actor', layer: 'actor/log-std' }] : []),
  ])
  const slots = new Map(table.slots.map((slot) => [slot.name, slot]))
  const logStd = slots.get('actor/log-std') ?? null

  const bind = (flat: Float32Array): tf.Variable[] =>
    parameters.map(({ name, variable }) => {
      const { offset, size } = slots.get(name)!
      variable.assign(tf.tensor(flat.slice(offset, offset + size), variable.shape))
      return variable
    })

  return {
    observationSize,
    layout: table,
    logStd,
    stateSize: 0,
    bind,
    forward: () => (dense ? denseForward(dense, slots) : tensorForward(apply, bind, observationSize)),

    initial() {
      const flat = new Float32Array(table.size)
      for (const { name, variable } of parameters) flat.set(variable.dataSync(), slots.get(name)!.offset)
      if (logStd) flat.fill(logStdInit, logStd.offset, logStd.offset + logStd.size)
      return flat
    },

    tensors(x) {
      const { outputs, values } = apply(x)
      return { outputs, values: tf.reshape(values, [x.shape[0], 1]) }
    },

    ...(constants.length > 0 && { constants: savedConstants(constants) }),
    dispose: parts.dispose,
  }
}

function partsOf(made: OwnNetwork, request: NetworkRequest): Parts {
  if (typeof made === 'object' && made !== null) {
    if ('actor' in made && 'critic' in made && isModel(made.actor) && isModel(made.critic)) return ofModels(made, request)
    if ('apply' in made && typeof made.apply === 'function' && typeof made.variables === 'object') return ofFunction(made)
  }
  const got = typeof made === 'object' && made !== null ? `{ ${Object.keys(made).join(', ')} }` : String(made)
  throw new UsageError(`network: expected { actor, critic }, two layers models, or { variables, apply(observations) }, got ${got}.`)
}

const isModel = (value: unknown): value is LayersModel =>
  typeof value === 'object' && value !== null && 'layers' in value && 'predict' in value && 'trainableWeights' in value

function ofFunction({ variables, apply }: OwnFunction): Parts {
  const parameters = Object.entries(variables).map(([name, variable]) => ({ name, variable }))
  if (parameters.length === 0) throw new UsageError('network: expected at least one variable to learn, got none in "variables".')
  return { parameters, constants: [], dense: null, apply, dispose: () => tf.dispose(parameters.map(({ variable }) => variable)) }
}

function ofModels({ actor, critic }: OwnModels, request: NetworkRequest): Parts {
  checkModel('actor', actor, request, request.outputSize)
  checkModel('critic', critic, request, 1)
  const [ofActor, ofCritic] = [weightsOf('actor', actor), weightsOf('critic', critic)]
  const stacks = [denseStack('actor', actor), denseStack('critic', critic)] as const
  const run = (model: LayersModel, x: tf.Tensor2D) => model.apply(tf.reshape(x, [x.shape[0], ...inputShape(model)])) as tf.Tensor
  return {
    parameters: [...ofActor.learnt, ...ofCritic.learnt],
    constants: [...ofActor.fixed, ...ofCritic.fixed],
    dense: stacks[0] && stacks[1] ? { actor: stacks[0], critic: stacks[1] } : null,
    apply: (x) => ({ outputs: run(actor, x), values: run(critic, x) }),
    dispose() {
      actor.dispose()
      critic.dispose()
    },
  }
}

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

function placeOf(name: string): Pick<ParameterSlot, 'network' | 'layer'> {
  const path = name.split('/')
  return { network: path.length > 1 ? path[0]! : 'model', layer: path.length > 1 ? path.slice(0, -1).join('/') : name }
}

const TRIAL_ROWS = 2

function tryOut({ parameters, apply }: Parts, { observationSize, outputSize }: NetworkRequest): void {
  const { grads, value } = tf.tidy(() =>
    trying(() => {
      const x = tf.ones([TRIAL_ROWS, observationSize]) as tf.Tensor2D
      return tf.variableGrads(
        () => {
          const { outputs, values } = apply(x)
          if (outputs.shape.length !== 2 || outputs.shape[0] !== TRIAL_ROWS || outputs.shape[1] !== outputSize) {
            throw new UsageError(
              `network: outputs: expected [rows, ${outputSize}] (here [${TRIAL_ROWS}, ${outputSize}]), got [${outputs.shape.join(', ')}].`,
            )
          }
          if (values.size !== TRIAL_ROWS || values.shape[0] !== TRIAL_ROWS) {
            throw new UsageError(`network: values: expected [rows, 1] (here [${TRIAL_ROWS}, 1]), got [${values.shape.join(', ')}].`)
          }
          return tf.add(tf.sum(outputs), tf.sum(values)) as tf.Scalar
        },
        parameters.map(({ variable }) => variable),
      )
    }),
  )
  const unused = parameters.find(({ variable }) => !grads[variable.name])
  tf.dispose([value, grads])
  if (unused)
    throw new UsageError(`network: "${unused.name}" has no part in outputs or values; leave it out, or use it in a differentiable way.`)
}

function trying<T>(run: () => T): T {
  try {
    return run()
  } catch (error) {
    if (error instanceof UsageError) throw error
    throw new UsageError(`network: a trial with ${TRIAL_ROWS} rows failed on the backend "${tf.getBackend()}": ${(error as Error).message}`)
  }
}

function tensorForward(apply: OwnFunction['apply'], bind: (flat: Float32Array) => tf.Tensor[], observationSize: number): PolicyForward {
  let stale = true
  const run = (parameters: Float32Array, x: Float32Array, rows: number) => {
    const read = (tensor: tf.Tensor) => tensor.dataSync() as Float32Array
    const result = { outputs: new Float32Array(0), values: new Float32Array(0) }
    tf.tidy(() => {
      if (stale) bind(parameters)
      const { outputs, values } = apply(tf.tensor2d(x.slice(0, rows * observationSize), [rows, observationSize]))
      result.outputs = read(outputs) as Float32Array<ArrayBuffer>
      result.values = read(values) as Float32Array<ArrayBuffer>
    })
    stale = false
    return result
  }
  return {
    both: run,
    values: (parameters, x, rows) => run(parameters, x, rows).values,
    changed() {
      stale = true
    },
  }
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

function denseForward({ actor, critic }: NonNullable<Parts['dense']>, slots: ReadonlyMap<string, ParameterSlot>): PolicyForward {
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

function savedConstants(constants: readonly Parameter[]): NonNullable<PolicyNetwork['constants']> {
  return {
    save: () => Object.fromEntries(constants.map(({ name, variable }) => [name, Float32Array.from(variable.dataSync())])),
    load(saved: Readonly<Record<string, NumberArray>>) {
      for (const { name, variable } of constants) {
        const values = saved[name]
        if (values?.length !== variable.size) {
          throw new RunError(
            `checkpoint: "${name}": expected ${variable.size} numbers that are not learnt, got ${values?.length ?? 'none'}`,
          )
        }
        tf.tidy(() => variable.assign(tf.tensor(Float32Array.from(values), variable.shape)))
      }
    },
  }
}
