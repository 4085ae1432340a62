/**
 * A network of one's own: a pair of TensorFlow.js layers models, or a function from observations to outputs and values with the variables that it
 * learns. Parameters still lie in the one flat array that clip, optimiser and checkpoints know; the variables are written from it
 * before they are used.
 *
 * Names come from the models ('actor/dense-0/kernel') or from the keys of `variables`: 'critic/first/kernel' is a parameter of network 'critic' and
 * layer 'critic/first'. Models that are stacks of dense layers act on the CPU without tensors; others act through TensorFlow.js.
 */
import * as tf from '@tensorflow/tfjs-core'
import type { NumberArray } from '../../src/core/bundle.js'
import { RunError, UsageError } from '../../src/core/errors.js'
import { layout, type ParameterSlot } from '../../src/optim/layout.js'
import type { Distribution } from './distribution.js'
import { isModel, partsOfModels } from './own-models.js'
import type { NetworkMaker, NetworkRequest, OwnFunction, OwnNetwork, Parameter, Parts } from './own-parts.js'
import type { PolicyForward, PolicyNetwork } from './policy-network.js'

/**
 * Makes the network and tries it, forward and backward, so that what is wrong is said before anything starts.
 * @param logStdInit first log standard deviation of a Gaussian policy
 * @throws UsageError naming the part, what was expected and what came
 */
export function ownNetwork(make: NetworkMaker, request: NetworkRequest, { logStdSize }: Distribution, logStdInit: number): PolicyNetwork {
  const parts = partsOf(make(request), request)
  const { parameters, constants, forward, apply } = parts
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
    forward: () => (forward ? forward(slots) : tensorForward(apply, bind, observationSize)),

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
    if ('actor' in made && 'critic' in made && isModel(made.actor) && isModel(made.critic)) return partsOfModels(made, request)
    if ('apply' in made && typeof made.apply === 'function' && typeof made.variables === 'object') return ofFunction(made)
  }
  const got = typeof made === 'object' && made !== null ? `{ ${Object.keys(made).join(', ')} }` : String(made)
  throw new UsageError(`network: expected { actor, critic }, two layers models, or { variables, apply(observations) }, got ${got}.`)
}

function ofFunction({ variables, apply }: OwnFunction): Parts {
  const parameters = Object.entries(variables).map(([name, variable]) => ({ name, variable }))
  if (parameters.length === 0) throw new UsageError('network: expected at least one variable to learn, got none in "variables".')
  return { parameters, constants: [], forward: null, apply, dispose: () => tf.dispose(parameters.map(({ variable }) => variable)) }
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
