/**
 * The policy as an ONNX model, for onnxruntime in any language.
 *
 * In: `observations` [batch, D] float32, flat rows as they come from the environment; `action_mask` [batch, logits] float32 too where the policy
 * was trained with masks. Out: `logits` [batch, …], or `mean` [batch, A] with `log_std` [A]; `value` [batch], in units of the rewards that were
 * learnt from, normalised or not; `action`, the greedy one as the environment takes it: int64 [batch] of a Discrete, int64 [batch, A] of several
 * choices, float32 [batch, A] of a box (flat, within its bounds).
 * Statistics of the observations are the first operators. Metadata: `tau-rl`, as JSON.
 */
import { type ExportFormat, single } from './format.js'
import { metadataOf } from './metadata.js'
import { encodeModel, type OnnxNode, type OnnxTensor, type OnnxValue } from './onnx-model.js'
import type { BoxActions, ChoiceActions, PolicyExport, PolicyLayer, PolicyStatistics } from './policy.js'

export const onnx: ExportFormat = {
  name: 'onnx',
  description: 'ONNX model, opset 17: observations in; logits or mean and log_std, value and greedy action out',
  extension: '.onnx',
  encode: (policy) => single(encodeModel(graphOf(policy))),
}

const OPERATOR = { tanh: 'Tanh', relu: 'Relu', elu: 'Elu' } as const

/** A graph in the making. */
interface Draft {
  readonly constants: OnnxTensor[]
  readonly nodes: OnnxNode[]
  readonly inputs: OnnxValue[]
  readonly outputs: OnnxValue[]
  /** Adds an operator. @returns the name of its output */
  apply(op: string, inputs: readonly string[], output: string, attributes?: OnnxNode['attributes']): string
  /** Adds a constant. @returns its name */
  constant(name: string, data: ArrayLike<number>, shape?: readonly number[]): string
  integers(name: string, data: readonly number[], shape?: readonly number[]): string
}

function graphOf(policy: PolicyExport) {
  const { env, algo, observationSize, statistics, actor, critic, logStd, actions } = policy
  const draft = newDraft()
  const { outputs, apply, constant, integers } = draft
  draft.inputs.push({ name: 'observations', type: 'float', shape: ['batch', observationSize] })
  const seen = statistics ? normalized(draft, statistics) : 'observations'

  if (actions.kind === 'choices') {
    const raw = layers(draft, actor, seen, actions.masked ? 'logits/all' : 'logits')
    if (actions.masked) masked(draft, actions, raw)
    outputs.push({ name: 'logits', type: 'float', shape: ['batch', sum(actions.sizes)] })
  } else {
    layers(draft, actor, seen, 'mean')
    apply('Identity', [constant('actor/log-std', logStd!)], 'log_std')
    outputs.push({ name: 'mean', type: 'float', shape: ['batch', logStd!.length] })
    outputs.push({ name: 'log_std', type: 'float', shape: [logStd!.length] })
  }
  apply('Squeeze', [layers(draft, critic, seen, 'value/column'), integers('value/axes', [1])], 'value')
  outputs.push({ name: 'value', type: 'float', shape: ['batch'] })
  outputs.push(actions.kind === 'choices' ? choiceAction(draft, actions) : boxAction(draft, actions))

  return {
    name: 'policy',
    ...draft,
    metadata: { 'tau-rl': JSON.stringify(metadataOf(policy)) },
    description: `${algo} policy for ${env}`,
  }
}

function newDraft(): Draft {
  const constants: OnnxTensor[] = []
  const nodes: OnnxNode[] = []
  return {
    constants,
    nodes,
    inputs: [],
    outputs: [],
    apply(op, inputs, output, attributes = {}) {
      nodes.push({ op, inputs, outputs: [output], attributes })
      return output
    },
    constant(name, data, shape = [data.length]) {
      constants.push({ name, shape, data: Float32Array.from(data) })
      return name
    },
    integers(name, data, shape = [data.length]) {
      constants.push({ name, shape, data: BigInt64Array.from(data, BigInt) })
      return name
    },
  }
}

/** (x − mean) / √(variance + ε), clipped. */
function normalized({ apply, constant }: Draft, { mean, variance, epsilon, clip }: PolicyStatistics): string {
  const deviation = Array.from(variance, (v) => Math.sqrt(v + epsilon))
  const centred = apply('Sub', ['observations', constant('observations/mean', mean)], 'observations/centred')
  const scaled = apply('Div', [centred, constant('observations/deviation', deviation)], 'observations/scaled')
  const bounds = [constant('observations/least', [-clip], []), constant('observations/most', [clip], [])]
  return apply('Clip', [scaled, ...bounds], 'observations/normalized')
}

/** @returns `output` */
function layers({ apply, constant }: Draft, all: readonly PolicyLayer[], input: string, output: string): string {
  return all.reduce((x, { name, inputs, outputs, activation, kernel, bias }, i) => {
    const last = i === all.length - 1 ? output : name
    const weights = [constant(`${name}/kernel`, kernel, [inputs, outputs]), constant(`${name}/bias`, bias)]
    const product = apply('Gemm', [x, ...weights], activation === 'linear' ? last : `${name}/product`)
    return activation === 'linear' ? product : apply(OPERATOR[activation], [product], last)
  }, input)
}

/** −∞ where a choice is not allowed. */
function masked({ apply, constant, inputs }: Draft, { sizes }: ChoiceActions, logits: string): void {
  inputs.push({ name: 'action_mask', type: 'float', shape: ['batch', sum(sizes)] })
  const allowed = apply('Greater', ['action_mask', constant('mask/zero', [0], [])], 'mask/allowed')
  apply('Where', [allowed, logits, constant('mask/never', [Number.NEGATIVE_INFINITY], [])], 'logits')
}

/** The first of the largest logits of each choice, counted as the environment does. */
function choiceAction({ apply, integers, nodes }: Draft, { sizes, starts }: ChoiceActions): OnnxValue {
  if (sizes.length === 1) {
    const best = apply('ArgMax', ['logits'], 'action/index', { axis: 1, keepdims: 0 })
    apply('Add', [best, integers('action/start', starts, [])], 'action')
    return { name: 'action', type: 'int64', shape: ['batch'] }
  }
  const parts = sizes.map((_, i) => `action/logits-${i}`)
  nodes.push({ op: 'Split', inputs: ['logits', integers('action/sizes', sizes)], outputs: parts, attributes: { axis: 1 } })
  const best = parts.map((part, i) => apply('ArgMax', [part], `action/index-${i}`, { axis: 1, keepdims: 1 }))
  const index = apply('Concat', best, 'action/index', { axis: 1 })
  apply('Add', [index, integers('action/start', starts)], 'action')
  return { name: 'action', type: 'int64', shape: ['batch', sizes.length] }
}

function boxAction({ apply, constant }: Draft, { low, high, squash }: BoxActions): OnnxValue {
  const bounds = { low: constant('action/low', low), high: constant('action/high', high) }
  let action = 'mean'
  if (squash) {
    const half = Array.from(high, (top, k) => 0.5 * (top - low[k]!))
    const middle = Array.from(high, (top, k) => 0.5 * (top + low[k]!))
    const stretched = apply('Mul', [apply('Tanh', [action], 'action/tanh'), constant('action/half', half)], 'action/stretched')
    action = apply('Add', [stretched, constant('action/middle', middle)], 'action/moved')
  }
  apply('Min', [apply('Max', [action, bounds.low], 'action/above-low'), bounds.high], 'action')
  return { name: 'action', type: 'float', shape: ['batch', low.length] }
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
