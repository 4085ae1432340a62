/**
 * Gradient clipping around any tf.Optimizer, which TensorFlow.js itself has none of. Clips before the optimiser's moments; works with
 * `optimizer.minimize`, with `tf.variableGrads` + `applyGradients`, and inside `model.compile`/`fit`, and is saved with the model.
 *
 *     model.compile({ optimizer: withClipping(tf.train.adam(1e-3), 'loss-feedback'), loss: 'meanSquaredError' })
 *
 * Gradients are read to the host and clipped by the same applier that training uses (clipper.ts), so every rule works here; on a GPU that
 * read waits for the device. A gradient under its limit goes on as the tensor that it was. A step with a gradient that is not finite is
 * left out: weights and moments stay. The variables always reach the optimiser in one order, whatever the order of the caller, because
 * tfjs optimisers keep their moments by position.
 *
 * Feedback: a plain tfjs program has no updates, so here one is `feedbackEvery` steps of `minimize` (or batches of `fit`), and its signal
 * is 'loss', their mean. Other signals, and custom loops, come in by `reportSignal`.
 */
import {
  engine,
  type NamedTensorMap,
  Optimizer,
  type Scalar,
  serialization,
  type Tensor,
  tensor,
  type Variable,
} from '@tensorflow/tfjs-core'
import { asClip, type ClipLike } from '../clip/as-clip.js'
import type { Clip } from '../clip/clip.js'
import { clipConfig } from '../clip/registry.js'
import type { Signal } from '../clip/rule.js'
import { positiveInteger } from '../core/checks.js'
import { RunError, UsageError } from '../core/errors.js'
import type { Json } from '../core/json.js'
import { exactScalars, readConfig, readState, restoreScalars, stateTensor, writeConfig } from './clipped-state.js'
import { type Clipper, type ClipReport, createClipper } from './clipper.js'
import { layout, type ParameterLayout } from './layout.js'
import { LossMean } from './loss-mean.js'
import { adopted, carriedOver, type GroupVariable, groupByPath, readSlots, type VariableSlot, withNew } from './variable-slots.js'

export interface WithClippingOptions {
  /** Steps of `minimize` in one update: the signal 'loss' is their mean. Default 100. */
  readonly feedbackEvery?: number
  /** Non-finite gradients in a row after which `applyGradients` throws. Default 10. */
  readonly maxSkips?: number
  /** What each variable is part of, from its name. Default: by its path, 'actor/dense_1/kernel' is of network 'actor', layer 'actor/dense_1'. */
  readonly group?: GroupVariable
}

/**
 * @param clip a name with options as on the command line ('global-norm:tau=1'), a configuration, a rule, or a whole clip. A feedback rule
 *   by name listens to the loss unless its `signal` says otherwise.
 * @throws UsageError when the clip's name or options are wrong
 * @throws RangeError when an option is out of range
 */
export function withClipping(optimizer: Optimizer, clip: ClipLike, options: WithClippingOptions = {}): ClippedOptimizer {
  return new ClippedOptimizer(optimizer, asClip(clip, 'loss'), options)
}

type NamedTensor = { name: string; tensor: Tensor }

const STATE = 'tau-rl/clip-state' // name of the one weight that holds everything of ours; a clip around a clip adds to it

export class ClippedOptimizer extends Optimizer {
  static get className(): string {
    return 'ClippedOptimizer'
  }

  /** tfjs calls everything an instance that has an optimiser's methods; subclasses would inherit that. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return Function.prototype[Symbol.hasInstance].call(ClippedOptimizer, value)
  }

  readonly inner: Optimizer
  readonly clip: Clip
  readonly feedbackEvery: number
  readonly maxSkips: number
  /** Steps left out so far because a gradient was not finite. */
  skipped = 0
  /** What the last step met; null before the first. Its groups are valid until the next step. */
  lastReport: ClipReport | null = null

  private readonly group: GroupVariable
  private readonly stateName: string
  private skippedInRow = 0
  private slots: readonly VariableSlot[] = []
  private layout: ParameterLayout = layout([])
  private clipper: Clipper
  private gradient = new Float32Array(0)
  private readonly loss: LossMean
  /** Heard before the first gradient said what groups there are. */
  private early: Signal[] = []
  /** Loaded and waiting for the first gradient, which tells today's variable names. */
  private loaded: { readonly slots: readonly VariableSlot[]; readonly clipper: Json } | null = null

  constructor(inner: Optimizer, clip: Clip, options: WithClippingOptions = {}) {
    super()
    if (!(inner instanceof Optimizer)) throw new UsageError('withClipping: expected a tf.Optimizer, such as tf.train.adam(1e-3)')
    this.inner = inner
    this.clip = clip
    this.feedbackEvery = positiveInteger('withClipping: feedbackEvery', options.feedbackEvery ?? 100)
    this.maxSkips = positiveInteger('withClipping: maxSkips', options.maxSkips ?? 10)
    this.group = options.group ?? groupByPath
    this.stateName = inner instanceof ClippedOptimizer ? `${inner.stateName}/outer` : STATE
    this.clipper = createClipper(clip, this.layout)
    this.loss = new LossMean(this.feedbackEvery)
  }

  /**
   * @throws RunError after more than `maxSkips` non-finite gradients in a row
   * @throws UsageError for a gradient of no known variable, or of another size than its variable
   */
  applyGradients(gradients: NamedTensorMap | NamedTensor[]): void {
    const given = new Map(
      Array.isArray(gradients)
        ? gradients.map(({ name, tensor }) => [name, tensor as Tensor | null | undefined])
        : Object.entries(gradients),
    )
    this.meet([...given.keys()])
    const absent = this.read(given)
    const parameters = this.clipper.readsParameters ? this.readParameters() : this.gradient
    const report = this.clipper.apply(this.gradient, parameters, { step: this.inner.iterations, learningRate: this.learningRate }, absent)
    this.lastReport = report
    if (report.skipped) {
      this.skip(report.nonFinite)
      return
    }
    this.skippedInRow = 0

    const changed = this.clip.shape !== 'hard' || report.clipRate > 0
    const own: Tensor[] = []
    const ordered = this.slots.map(({ variable, shape }, i) => {
      const original = given.get(variable)
      if (!original || !changed) return { name: variable, tensor: original as Tensor } // null passes: the optimiser skips that position
      const { offset, size } = this.layout.slots[i]!
      const clipped = tensor(this.gradient.slice(offset, offset + size), [...shape])
      own.push(clipped)
      return { name: variable, tensor: clipped }
    })
    this.inner.applyGradients(ordered)
    for (const clipped of own) clipped.dispose()
  }

  /** As the base class, and the loss is heard by the clip's rule. */
  override minimize(f: () => Scalar, returnCost = false, varList?: Variable[]): Scalar | null {
    const { value, grads } = this.computeGradients(f, varList)
    try {
      this.applyGradients(varList ? varList.map(({ name }) => ({ name, tensor: grads[name] as Tensor })) : grads)
    } catch (error) {
      value.dispose()
      throw error
    } finally {
      for (const gradient of Object.values(grads)) gradient?.dispose()
    }
    if (this.clip.rule.feedback && (this.clip.rule.listensTo ?? 'loss') === 'loss') {
      const mean = this.loss.add(value.dataSync()[0]!)
      if (mean !== null) this.reportSignal('loss', mean)
    }
    if (returnCost) return value
    value.dispose()
    return null
  }

  /** Passes a number that says how training goes to the clip's rule: once per update, however long the caller's updates are. */
  reportSignal(name: string, value: number): void {
    if (this.slots.length === 0) this.early.push({ name, value })
    else this.clipper.feedback({ name, value })
  }

  /** One line per group: what the rule last decided and why. */
  explain(): { readonly group: string; readonly line: string }[] {
    return this.clipper.explain()
  }

  /** Of the wrapped optimiser; NaN where it has none. */
  get learningRate(): number {
    return (this.inner as unknown as { learningRate?: number }).learningRate ?? Number.NaN
  }

  set learningRate(value: number) {
    const inner = this.inner as unknown as { learningRate: number; setLearningRate?: (value: number) => void }
    if (inner.setLearningRate) inner.setLearningRate(value)
    else inner.learningRate = value
  }

  override get iterations(): number {
    return this.inner.iterations
  }

  /** The wrapped optimiser's weights, then one text with the state of the clip. */
  override async getWeights(): Promise<NamedTensor[]> {
    const state = stateTensor({
      slots: (this.loaded?.slots ?? this.slots) as unknown as Json,
      clipper: this.loaded?.clipper ?? this.clipper.save(),
      loss: this.loss.save(),
      scalars: exactScalars(this.inner),
      counters: [this.skipped, this.skippedInRow],
      early: this.early.filter(({ value }) => Number.isFinite(value)), // JSON has no others, and rules pass over them
    })
    return [...(await this.inner.getWeights()), { name: this.stateName, tensor: state }]
  }

  /** @throws RunError when our own weight is missing or does not fit */
  override async setWeights(weights: NamedTensor[]): Promise<void> {
    const own = weights.find(({ name }) => name === this.stateName)
    if (!own) throw new RunError(`withClipping: expected a weight "${this.stateName}" among the optimizer's weights`)
    const state = await readState(own.tensor)
    const slots = readSlots(state.slots)
    await this.inner.setWeights(weights.filter(({ name }) => name !== this.stateName))
    restoreScalars(this.inner, state.scalars)
    this.loss.load(state.loss)
    this.early = [...state.early]
    this.slots = []
    this.layout = layout([])
    this.clipper = createClipper(this.clip, this.layout)
    ;[this.skipped = 0, this.skippedInRow = 0] = state.counters
    this.loaded = slots.length === 0 ? null : { slots, clipper: state.clipper }
  }

  /** @throws UsageError when the rule is of the caller's own making and cannot be saved by name */
  override getConfig(): serialization.ConfigDict {
    const { inner, feedbackEvery, maxSkips } = this
    return writeConfig(inner, { clip: clipConfig(this.clip), feedbackEvery, maxSkips })
  }

  static override fromConfig<T extends serialization.Serializable>(
    _cls: serialization.SerializableConstructor<T>,
    config: serialization.ConfigDict,
  ): T {
    const { inner, clip, ...options } = readConfig(config)
    return new ClippedOptimizer(inner, clip, options) as unknown as T
  }

  override dispose(): void {
    this.inner.dispose()
  }

  /** Makes room for variables that were not seen before. */
  private meet(names: readonly string[]): void {
    if (this.loaded === null && names.length === this.slots.length && names.every((name, i) => name === this.slots[i]!.variable)) return
    const incoming = names.map((name) => ({ name, shape: variableNamed(name).shape }))
    const known = this.loaded === null ? this.slots : adopted(this.loaded.slots, incoming)
    const slots = withNew(known, incoming, this.group)
    if (slots === this.slots) return
    this.slots = slots
    this.layout = layout(slots)
    this.gradient = new Float32Array(this.layout.size)
    const clipper = createClipper(this.clip, this.layout)
    const state = this.loaded?.clipper ?? this.clipper.save()
    clipper.load(carriedOver(state, clipper.save()))
    this.clipper = clipper
    this.loaded = null
    for (const signal of this.early) clipper.feedback(signal)
    this.early = []
  }

  /** Fills the flat gradient. @returns the parameters that have none, or undefined when all have */
  private read(given: ReadonlyMap<string, Tensor | null | undefined>): ReadonlySet<string> | undefined {
    const absent = new Set<string>()
    this.slots.forEach(({ variable, name }, i) => {
      const { offset, size } = this.layout.slots[i]!
      const gradient = given.get(variable)
      if (gradient && gradient.size !== size)
        throw new UsageError(`withClipping: expected a gradient of ${size} for "${variable}", got ${gradient.size}`)
      if (gradient) this.gradient.set(gradient.dataSync(), offset)
      else {
        this.gradient.fill(0, offset, offset + size)
        absent.add(name)
      }
    })
    return absent.size > 0 ? absent : undefined
  }

  private readParameters(): Float32Array {
    const parameters = new Float32Array(this.layout.size)
    this.slots.forEach(({ variable }, i) => {
      parameters.set(variableNamed(variable).dataSync(), this.layout.slots[i]!.offset)
    })
    return parameters
  }

  private skip(variable: string | null): void {
    this.skipped++
    this.skippedInRow++
    if (this.skippedInRow > this.maxSkips)
      throw new RunError(`withClipping: ${this.skippedInRow} gradients in a row were not finite, the last one of "${variable}"`)
  }
}

serialization.registerClass(ClippedOptimizer)

function variableNamed(name: string): Variable {
  const variable = engine().registeredVariables[name]
  if (!variable) throw new UsageError(`withClipping: no variable is called "${name}"; gradients are named after their variables`)
  return variable
}
