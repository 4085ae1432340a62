/**
 * What a ClippedOptimizer writes beside the weights of the optimiser it wraps, and its configuration. Both are one text each: tfjs keeps
 * only tensors among weights, and on loading changes underscores in every key and string of a configuration.
 */
import { type Optimizer, serialization, type Tensor, tensor, Variable } from '@tensorflow/tfjs-core'
import type { ClipPlan } from '../clip/clip.js'
import { createPlan } from '../clip/registry.js'
import type { Signal } from '../clip/rule.js'
import type { ClipConfig } from '../core/config/schema.js'
import { UsageError } from '../core/errors.js'
import type { Json } from '../core/json.js'
import type { ClipWhere } from './device-clipping.js'

export interface ClippedState {
  /** Of variable-slots.ts. */
  readonly slots: Json
  readonly clipper: Json
  readonly loss: readonly number[]
  /** Exact values of the wrapped optimiser's scalar variables. */
  readonly scalars: readonly (readonly [name: string, value: number])[]
  /** Steps skipped, and skipped in a row. */
  readonly counters: readonly number[]
  readonly early: readonly Signal[]
}

/** The caller disposes it, as every weight of an optimiser. */
export const stateTensor = (state: ClippedState): Tensor => tensor([JSON.stringify(state)], [1], 'string')

export async function readState(from: Tensor): Promise<ClippedState> {
  const [text] = (await from.data<'string'>()) as unknown as string[]
  return JSON.parse(text!) as ClippedState
}

/** Such as Adam's running powers of β. */
export const exactScalars = (optimizer: Optimizer): [string, number][] =>
  scalarVariables(optimizer).map(([key, variable]) => [key, variable.dataSync()[0]!])

/** tfjs recomputes the powers of β on loading, which differ from the running products by a few last bits. */
export function restoreScalars(optimizer: Optimizer, scalars: ClippedState['scalars']): void {
  const saved = new Map(scalars)
  for (const [key, variable] of scalarVariables(optimizer)) {
    const value = saved.get(key)
    if (value === undefined) continue
    const exact = tensor(value, [], variable.dtype)
    variable.assign(exact)
    exact.dispose()
  }
}

interface Settings {
  readonly clip: ClipConfig | ClipConfig[]
  readonly feedbackEvery: number
  readonly maxSkips: number
  /** Absent in what was saved before there was a choice. */
  readonly where?: ClipWhere
}

export function writeConfig(inner: Optimizer, settings: Settings): serialization.ConfigDict {
  const optimizer = { className: inner.getClassName(), config: inner.getConfig() }
  return { settings: JSON.stringify({ optimizer, ...settings }).replaceAll('_', '\\u005f') }
}

/** @throws UsageError when the wrapped optimiser's class, the clip, or an option of it is not known */
export function readConfig(
  config: serialization.ConfigDict,
): Omit<Settings, 'clip'> & { readonly inner: Optimizer; readonly clip: ClipPlan } {
  const { optimizer, clip, feedbackEvery, maxSkips, where } = JSON.parse(String(config['settings']))
  const known = serialization.SerializationMap.getMap().classNameMap[optimizer.className]
  if (!known) throw new UsageError(`withClipping: the optimizer "${optimizer.className}" is not registered with TensorFlow.js`)
  const [innerClass, innerFromConfig] = known
  return {
    inner: innerFromConfig(innerClass, optimizer.config) as unknown as Optimizer,
    clip: createPlan(clip),
    feedbackEvery,
    maxSkips,
    ...(where && { where }),
  }
}

const scalarVariables = (optimizer: Optimizer): [string, Variable][] =>
  Object.entries(optimizer).filter((entry): entry is [string, Variable] => entry[1] instanceof Variable && entry[1].size === 1)
