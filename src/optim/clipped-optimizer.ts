/**
 * Gradient clipping around any tf.Optimizer, as a tf.Optimizer: what withClipping (with-clipping.ts) makes. Here is what holds the parts of a
 * step together: which variables there are, where the clip is carried out (host-clipping.ts, device-clipping.ts), the signals that its rules
 * hear, and what is saved with the model.
 *
 * The variables always reach the optimiser in one order, whatever the order of the caller, because tfjs optimisers keep their moments by
 * position.
 */
import { type NamedTensorMap, Optimizer, type Scalar, serialization, type Tensor, type Variable } from '@tensorflow/tfjs-core'
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
import { HostClipping, refuseWithoutMoments } from './host-clipping.js'
import { LossMean } from './loss-mean.js'
import { StepSkips } from './step-skips.js'
import { type ObserveOptions, type StepListener, stepWatch } from './step-watch.js'
import { gradientsByName, type NamedTensor, VariableGradients } from './variable-gradients.js'
import { groupByPath, readSlots, type VariableSlot } from './variable-slots.js'
import type { WithClippingOptions } from './with-clipping.js'

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
  readonly where: ClipWhere
  private readonly watch = stepWatch()
  private readonly stateName: string
  private readonly skips: StepSkips
  private readonly onDevice: () => boolean
  private readonly host: HostClipping
  private readonly device: DeviceClipping
  private wasOnDevice = false // the last step
  private readonly variables: VariableGradients
  private clipper: Clipper
  private readonly loss: LossMean
  private readonly listens: boolean
  private readonly measuresLoss: boolean
  private stepLoss: number | undefined // of the step in hand, when a rule compares it with τ
  private early: Signal[] = [] // heard before the first gradient said what groups there are
  /** Waits for the first gradient, which tells today's variable names. */
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
    this.skips = new StepSkips(this.maxSkips)
    this.host = new HostClipping(inner, this.watch)
    this.device = new DeviceClipping(inner, { skipped: (...news) => this.skips.heard(...news) })
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
    const given = gradientsByName(gradients)
    this.meet([...given.keys()])
    const onDevice = this.onDevice() && !this.watch.listening() // listeners look at gradients, which are then read anyway
    if (this.wasOnDevice !== onDevice) this.settle()
    this.wasOnDevice = onDevice
    this.skips.check()
    const { clipper, variables, stepLoss: loss, learningRate } = this
    const context = { step: this.inner.iterations, learningRate, ...(loss !== undefined && { loss }) }
    const refused = onDevice
      ? this.device.step({ clipper, slots: variables.slots, gradients: variables.tensors(given), context })
      : this.host.step({ clipper, variables, given, context, skipped: this.skipped })
    if (refused === null) this.skips.took()
    else this.skips.left(refused)
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
      const mean = this.loss.add(value, this.wasOnDevice)
      if (mean !== null) this.reportSignal('loss', mean)
    }
    if (returnCost) return value
    value.dispose()
    return null
  }

  /** What the last step met; null before the first. Its groups are valid until the next step. With where=device this waits for the device. */
  get lastReport(): ClipReport | null {
    return this.wasOnDevice ? this.device.report() : this.host.report
  }

  /** The same without waiting, and `skipped` is up to date afterwards. */
  async report(): Promise<ClipReport | null> {
    return this.wasOnDevice ? this.device.reportSoon() : this.host.report
  }

  /** Steps left out so far because a gradient was not finite, as far as the host knows: with where=device after `report`. */
  get skipped(): number {
    return this.skips.total
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
      counters: this.skips.save(),
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
    this.skips.load(state.counters)
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
    this.loss.dispose()
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

  /** Until the host knows all that the device does. */
  private settle(): void {
    this.device.settle()
    this.loss.settle()
  }
}

serialization.registerClass(ClippedOptimizer)
