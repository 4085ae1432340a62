/**
 * Gradient clipping around any tf.Optimizer, which TensorFlow.js itself has none of. Clips before the optimiser's moments; works with
 * `optimizer.minimize`, with `tf.variableGrads` + `applyGradients`, and inside `model.compile`/`fit`, and is saved with the model.
 *
 *     model.compile({ optimizer: withClipping(tf.train.adam(1e-3), 'loss-feedback'), loss: 'meanSquaredError' })
 *
 * On the host, gradients are read and clipped by the same applier that training uses (clipper.ts), so every rule works. Reading from a GPU
 * waits for it, so there clips of norms and elements are carried out on the device (device-clipping.ts, option `where`). A gradient under
 * its limit goes on as the tensor that it was. A step with a gradient that is not finite is left out: weights and moments stay. The variables always reach the optimiser in one order, whatever the order of the caller, because
 * tfjs optimisers keep their moments by position.
 *
 * Feedback: a plain tfjs program has no updates, so here one is `feedbackEvery` steps of `minimize` (or batches of `fit`), and its signal
 * is 'loss', their mean. Other signals, and custom loops, come in by `reportSignal`.
 */
import { type NamedTensorMap, Optimizer, type Scalar, serialization, type Tensor, type Variable } from '@tensorflow/tfjs-core'
import { asClipPlan, type ClipLike } from '../clip/as-clip.js'
import { asPlan, type Clip, type ClipPlan } from '../clip/clip.js'
import { refuseUnknown } from '../clip/options.js'
import { planConfig } from '../clip/registry.js'
import type { Signal } from '../clip/rule.js'
import { positiveInteger } from '../core/checks.js'
import { RunError, UsageError } from '../core/errors.js'
import type { Json } from '../core/json.js'
import { exactScalars, readConfig, readState, restoreScalars, stateTensor, writeConfig } from './clipped-state.js'
import { type Clipper, type ClipReport, createClipper } from './clipper.js'
import { carriedOver } from './clipper-state.js'
import { type ClipWhere, DeviceClipping, deviceChoice } from './device-clipping.js'
import { hasSecondMoments, readSecondMoments, steerable } from './foreign-moments.js'
import { readParameters, stepAndRevise } from './foreign-update.js'
import { LossMean } from './loss-mean.js'
import type { SecondMoment } from './optimizer.js'
import { type ObserveOptions, type StepListener, stepWatch } from './step-watch.js'
import { type NamedTensor, VariableGradients } from './variable-gradients.js'
import { type GroupVariable, groupByPath, readSlots, type VariableSlot } from './variable-slots.js'

export interface WithClippingOptions {
  /** Steps of `minimize` in one update: the signal 'loss' is their mean. Default 100. */
  readonly feedbackEvery?: number
  /** Non-finite gradients in a row after which `applyGradients` throws. Default 10. */
  readonly maxSkips?: number
  /**
   * Where gradients are clipped. Default 'auto': on the device where reading from it waits (webgpu, webgl, tensorflow) and the clip allows
   * it, else on the host. 'device' refuses clips that need the host.
   */
  readonly where?: ClipWhere
  /** What each variable is part of, from its name. Default: by its path, 'actor/dense_1/kernel' is of network 'actor', layer 'actor/dense_1'. */
  readonly group?: GroupVariable
}

/**
 * @param clip a name with options as on the command line ('global-norm:tau=1'), a configuration, a rule, a whole clip, or a list of these to
 *   carry out one after the other. A feedback rule by name listens to the loss unless its `signal` says otherwise.
 * @throws UsageError when the clip's name or options are wrong
 * @throws RangeError when an option is out of range
 */
export function withClipping(optimizer: Optimizer, clip: ClipLike, options: WithClippingOptions = {}): ClippedOptimizer {
  return new ClippedOptimizer(optimizer, asClipPlan(clip, 'loss'), options)
}

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
  readonly plan: ClipPlan
  readonly feedbackEvery: number
  readonly maxSkips: number
  /** Steps left out so far because a gradient was not finite, as far as the host knows: with where=device after `report`. */
  skipped = 0
  readonly where: ClipWhere

  private readonly watch = stepWatch()
  private readonly stateName: string
  private skippedInRow = 0
  private lastOnHost: ClipReport | null = null
  private readonly onDevice: () => boolean
  private readonly device: DeviceClipping
  /** The last step was taken there. */
  private wasOnDevice = false
  private failure: RunError | null = null
  private readonly variables: VariableGradients
  private clipper: Clipper
  private readonly loss: LossMean
  private readonly listens: boolean
  private readonly measuresLoss: boolean
  /** Of the step in hand, when a rule compares it with τ. */
  private stepLoss: number | undefined
  /** Heard before the first gradient said what groups there are. */
  private early: Signal[] = []
  /** Loaded and waiting for the first gradient, which tells today's variable names. */
  private loaded: { readonly slots: readonly VariableSlot[]; readonly clipper: Json } | null = null

  constructor(inner: Optimizer, clip: Clip | ClipPlan, options: WithClippingOptions = {}) {
    super()
    if (!(inner instanceof Optimizer)) throw new UsageError('withClipping: expected a tf.Optimizer, such as tf.train.adam(1e-3)')
    refuseUnknown('withClipping', ['feedbackEvery', 'maxSkips', 'where', 'group'], options)
    this.inner = inner
    this.plan = asPlan(clip)
    this.listens = this.plan.some(({ rule }) => rule.feedback && (rule.listensTo ?? 'loss') === 'loss')
    this.measuresLoss = this.plan.some(({ rule }) => rule.measures === 'loss')
    refuseWithoutMoments(inner, this.plan)
    this.feedbackEvery = positiveInteger('withClipping: feedbackEvery', options.feedbackEvery ?? 100)
    this.maxSkips = positiveInteger('withClipping: maxSkips', options.maxSkips ?? 10)
    this.where = options.where ?? 'auto'
    this.onDevice = deviceChoice(this.where, inner, this.plan)
    this.device = new DeviceClipping(inner, { skipped: (...news) => this.heardOfSkips(...news) })
    this.variables = new VariableGradients(options.group ?? groupByPath)
    this.stateName = inner instanceof ClippedOptimizer ? `${inner.stateName}/outer` : STATE
    this.clipper = createClipper(this.plan, this.variables.layout)
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
    const { inner, plan, clipper, variables, learningRate } = this
    const { slots, layout, flat: gradient } = variables
    const { iterations: step } = inner
    const context = { step, learningRate, ...(this.stepLoss !== undefined && { loss: this.stepLoss }) }
    if (this.wasOnDevice !== this.takesDevice()) this.settle()
    this.wasOnDevice = this.takesDevice()
    if (this.failure !== null) throw this.failed()
    if (this.wasOnDevice) {
      const names = slots.map(({ name }) => name)
      const refused = this.device.step({ clipper, slots, names, gradients: variables.tensors(given), context })
      if (refused !== null) this.skip(refused)
      else this.skippedInRow = 0
      return
    }
    const absent = variables.read(given)
    const watched = this.watch.begin({ inner, plan, slots, layout, gradient, step, learningRate })
    const asked = clipper.request(context)
    const steered = asked && steerable(inner)!
    if (asked?.resetMoments) steered!.resetMoments()
    const parameters = clipper.readsParameters ? readParameters(slots, layout) : gradient
    const secondMoment: SecondMoment = (corrected) => readSecondMoments(inner, slots, layout, corrected)!
    const extras = { absent, secondMoment }
    let report = clipper.apply(gradient, parameters, context, extras)
    this.lastOnHost = report
    if (report.skipped) {
      watched?.(report, this.skipped + 1)
      this.skip(report.nonFinite)
      return
    }
    this.skippedInRow = 0
    if (steered) steered.rateFactor = asked.rate
    try {
      variables.handOver(given, mayHaveChanged(plan, report), (gradients) => {
        const take = () => inner.applyGradients(gradients)
        if (!clipper.revises) take()
        else {
          stepAndRevise(slots, layout, take, (update, before) => {
            report = clipper.revise(update, gradient, before, context, extras)
          })
        }
      })
    } finally {
      if (steered) steered.rateFactor = 1
    }
    this.lastOnHost = report
    watched?.(report, this.skipped)
  }

  /** As the base class, and the loss is heard by the clip's rule. */
  override minimize(f: () => Scalar, returnCost = false, varList?: Variable[]): Scalar | null {
    const { value, grads } = this.computeGradients(f, varList)
    try {
      this.stepLoss = this.measuresLoss ? value.dataSync()[0]! : undefined
      this.applyGradients(varList ? varList.map(({ name }) => ({ name, tensor: grads[name] as Tensor })) : grads)
    } catch (error) {
      value.dispose()
      throw error
    } finally {
      this.stepLoss = undefined
      for (const gradient of Object.values(grads)) gradient?.dispose()
    }
    if (this.listens) {
      const mean = this.wasOnDevice ? this.meanOnDevice(value) : this.loss.add(value.dataSync()[0]!)
      if (mean !== null) this.reportSignal('loss', mean)
    }
    if (returnCost) return value
    value.dispose()
    return null
  }

  /** What the last step met; null before the first. Its groups are valid until the next step. With where=device this waits for the device. */
  get lastReport(): ClipReport | null {
    return this.wasOnDevice ? this.device.report() : this.lastOnHost
  }

  /** The same without waiting, and `skipped` is up to date afterwards. */
  async report(): Promise<ClipReport | null> {
    return this.wasOnDevice ? this.device.reportSoon() : this.lastOnHost
  }

  /** Passes a number that says how training goes to the clip's rule: once per update, however long the caller's updates are. */
  reportSignal(name: string, value: number): void {
    if (this.variables.slots.length === 0) this.early.push({ name, value })
    else this.clipper.feedback({ name, value })
  }

  /**
   * Calls `listener` after every step with what it did to the gradient, per layer. Costs nothing while nobody listens.
   * @returns a function that ends it
   * @throws UsageError for an unknown detail
   * @throws RangeError when a number is out of range
   */
  observe(listener: StepListener, options?: ObserveOptions): () => void {
    return this.watch.add(listener, options)
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
    this.settle()
    const state = stateTensor({
      slots: (this.loaded?.slots ?? this.variables.slots) as unknown as Json,
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
    this.device.dispose()
    this.wasOnDevice = false
    this.variables.forget()
    this.clipper = createClipper(this.plan, this.variables.layout)
    ;[this.skipped = 0, this.skippedInRow = 0] = state.counters
    this.loaded = slots.length === 0 ? null : { slots, clipper: state.clipper }
  }

  /** @throws UsageError when the rule is of the caller's own making and cannot be saved by name */
  override getConfig(): serialization.ConfigDict {
    const { inner, feedbackEvery, maxSkips, where } = this
    return writeConfig(inner, { clip: planConfig(this.plan), feedbackEvery, maxSkips, where })
  }

  static override fromConfig<T extends serialization.Serializable>(
    _cls: serialization.SerializableConstructor<T>,
    config: serialization.ConfigDict,
  ): T {
    const { inner, clip, ...options } = readConfig(config)
    return new ClippedOptimizer(inner, clip, options) as unknown as T
  }

  override dispose(): void {
    this.device.dispose()
    this.inner.dispose()
  }

  /** Makes room for variables that were not seen before. */
  private meet(names: readonly string[]): void {
    const { loaded } = this
    if (!this.variables.meet(names, loaded?.slots ?? null)) return
    this.settle()
    const clipper = createClipper(this.plan, this.variables.layout)
    clipper.load(carriedOver(loaded?.clipper ?? this.clipper.save(), clipper.save()))
    this.clipper = clipper
    this.loaded = null
    for (const signal of this.early) clipper.feedback(signal)
    this.early = []
  }

  /** Listeners look at gradients, which are then read anyway. */
  private takesDevice(): boolean {
    return this.onDevice() && !this.watch.listening()
  }

  /** Until the host knows all that the device does. */
  private settle(): void {
    this.device.settle()
    this.loss.addSum(...this.device.takeLosses())
  }

  /** The losses are added up on the device and read when their mean is due. */
  private meanOnDevice(loss: Scalar): number | null {
    this.device.addLoss(loss)
    if (!this.loss.await()) return null
    this.loss.addSum(...this.device.takeLosses())
    return this.loss.complete()
  }

  private heardOfSkips(steps: number, inRow: number, longest: number): void {
    this.skipped += steps
    this.skippedInRow = inRow
    if (longest > this.maxSkips) this.failure = new RunError(`withClipping: ${longest} gradients in a row were not finite`)
  }

  private failed(): RunError {
    const { failure } = this
    this.failure = null
    return failure!
  }

  private skip(variable: string | null): void {
    this.skipped++
    this.skippedInRow++
    if (this.skippedInRow > this.maxSkips)
      throw new RunError(`withClipping: ${this.skippedInRow} gradients in a row were not finite, the last one of "${variable}"`)
  }
}

serialization.registerClass(ClippedOptimizer)

/** A gradient of which nothing was cut goes on as the tensor that it was. */
function mayHaveChanged(plan: ClipPlan, { clipRate }: ClipReport): boolean {
  return clipRate > 0 || plan.some(({ shape, like, errorFeedback }) => shape !== 'hard' || like !== 'exact' || errorFeedback)
}

/** @throws UsageError when a rule needs what the optimiser does not have */
function refuseWithoutMoments(optimizer: Optimizer, plan: ClipPlan): void {
  const needy = plan.find(
    ({ rule }) => (rule.readsSecondMoment && !hasSecondMoments(optimizer)) || (rule.request && steerable(optimizer) === null),
  )
  if (needy)
    throw new UsageError(
      `withClipping: clip "${needy.name}" works with the moments of the optimizer, and ${optimizer.getClassName()} keeps its own to itself. ` +
        'Use an optimizer of tau-rl/clip.',
    )
}
