/** A network of one's own as a user gives it, and as its parts are known once it was looked at. */
import type * as tf from '@tensorflow/tfjs-core'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import type { ParameterSlot } from '../../src/optim/layout.js'
import type { Distribution } from './distribution.js'
import type { PolicyForward } from './policy-network.js'

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

export interface Parameter {
  readonly name: string
  readonly variable: tf.Variable
}

export interface Parts extends Pick<OwnFunction, 'apply'> {
  readonly parameters: readonly Parameter[]
  /** Weights that are not learnt. */
  readonly constants: readonly Parameter[]
  /** How it acts without tensors; null where it can only run on them. */
  readonly forward: ((slots: ReadonlyMap<string, ParameterSlot>) => PolicyForward) | null
  dispose(): void
}
