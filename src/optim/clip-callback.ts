/**
 * What the clip did, in the logs of `model.fit`: a tf.Callback that listens to the model's clipped optimiser.
 *
 *     await model.fit(x, y, { callbacks: [clipCallback(optimizer)] })      // history.history['grad/norm_pre'], …
 *
 * A batch's logs get the numbers of its step, an epoch's their means over the steps that were not skipped ('grad/skipped' is a count so
 * far, 'grad/non_finite' a mean over all steps). Every value is a number, since tfjs takes anything else in its logs for a tensor:
 * Infinity for a τ without limit, NaN where every step of an epoch was skipped.
 *
 * It needs nothing of tfjs-layers, which costs a tenth of a second to load: it has the methods of a callback, and those are bound, so that
 * `fit` takes it as one. Only in a list where it stands before instances of tf.Callback (tf.callbacks.earlyStopping) tfjs asks for the class:
 * put it behind them, or hand over `tf`.
 */
import { refuseUnknown } from '../clip/options.js'
import type { ClippedOptimizer } from './clipped-optimizer.js'
import { stepMetrics } from './step-metrics.js'
import type { StepReport } from './step-report.js'
import type { ObserveOptions } from './step-watch.js'

export interface ClipCallbackOptions extends Pick<ObserveOptions, 'details' | 'epsilon'> {
  /** Per-layer numbers in the logs. Default true. */
  readonly layers?: boolean
}

type Logs = { [name: string]: number }

/** What of TensorFlow.js makes the callback an instance of tf.Callback. */
export interface CallbackSource {
  readonly Callback: { readonly prototype: object }
}

/**
 * For one or more calls of `fit`, one at a time.
 * @param tf TensorFlow.js with its layers: makes it an instance of tf.Callback
 * @throws UsageError for an unknown detail  @throws RangeError for a bad ε or a misspelt option
 */
export function clipCallback(optimizer: ClippedOptimizer, options: ClipCallbackOptions = {}, tf?: CallbackSource): ClipCallback {
  const callback = new ClipCallback(optimizer, options)
  if (tf !== undefined) {
    const prototype = Object.create(tf.Callback.prototype, Object.getOwnPropertyDescriptors(ClipCallback.prototype))
    Object.setPrototypeOf(callback, prototype)
  }
  return callback
}

export class ClipCallback {
  /** By metric, one number per epoch of the last `fit`. */
  history: Record<string, number[]> = {}
  private readonly listen: () => () => void
  private latest: Record<string, number> = {}
  private sums = new Map<string, { sum: number; count: number }>()
  private stop: (() => void) | null = null

  constructor(optimizer: ClippedOptimizer, options: ClipCallbackOptions) {
    refuseUnknown('clipCallback', ['layers', 'details', 'epsilon'], options)
    const { layers = true, ...observe } = options
    this.listen = () => optimizer.observe((report) => this.hear(layers ? report : { ...report, layers: [] }), observe)
    this.listen()() // refuses bad options now and not when training starts
  }

  readonly onTrainBegin = async (): Promise<void> => {
    this.history = {}
    this.stop?.() // a fit that threw had no end
    this.stop = this.listen()
  }

  readonly onTrainEnd = async (): Promise<void> => {
    this.stop?.()
    this.stop = null
  }

  readonly onEpochBegin = async (): Promise<void> => {
    this.sums.clear()
  }

  readonly onBatchEnd = async (_batch: number, logs?: Logs): Promise<void> => {
    if (logs) Object.assign(logs, this.latest)
  }

  readonly onEpochEnd = async (_epoch: number, logs?: Logs): Promise<void> => {
    for (const [name, { sum, count }] of this.sums) {
      const value = name === 'grad/skipped' ? this.latest[name]! : sum / count
      if (logs) logs[name] = value
      const list = this.history[name]
      if (list) list.push(value)
      else this.history[name] = [value]
    }
  }

  /** The rest of what tfjs calls, without effect here. */
  readonly onBatchBegin = async (): Promise<void> => {}
  setParams(): void {}
  setModel(): void {}

  private hear(report: StepReport): void {
    this.latest = stepMetrics(report)
    for (const [name, value] of Object.entries(this.latest)) {
      const entry = this.sums.get(name) ?? { sum: 0, count: 0 }
      this.sums.set(name, entry)
      if (report.skipped && name !== 'grad/non_finite') continue
      entry.sum += value
      entry.count++
    }
  }
}
