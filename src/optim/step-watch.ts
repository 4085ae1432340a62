/**
 * Who listens to the steps of a clipped optimiser, and what must be read for them. With no listener, `begin` answers null and nothing is
 * copied or read; the weights and v̂ are read from the device only for listeners that ask for them.
 */
import type { Optimizer } from '@tensorflow/tfjs-core'
import type { ClipPlan } from '../clip/clip.js'
import { refuseUnknown } from '../clip/options.js'
import { positive, positiveInteger } from '../core/checks.js'
import { UsageError } from '../core/errors.js'
import { didYouMean } from '../core/suggest.js'
import type { ClipReport } from './clipper.js'
import { epsilonOf, readSecondMoments } from './foreign-moments.js'
import { readParameters } from './foreign-update.js'
import { type GradientMonitor, gradientMonitor } from './gradient-monitor.js'
import type { ParameterLayout } from './layout.js'
import type { StepDetail, StepReport } from './step-report.js'
import type { VariableSlot } from './variable-slots.js'

export interface ObserveOptions {
  /** What to measure beside norms, τ and clip rates of the layers. Default: nothing. */
  readonly details?: readonly StepDetail[]
  /** Every how many steps the listener is called; skipped steps always. Default 1. */
  readonly every?: number
  /** What √v̂ is compared with. Default: the optimiser's ε where it can be read, else 1e-8. */
  readonly epsilon?: number
}

export type StepListener = (report: StepReport) => void

/** The step in hand. */
export interface StepScene {
  readonly inner: Optimizer
  readonly plan: ClipPlan
  readonly slots: readonly VariableSlot[]
  readonly layout: ParameterLayout
  /** Changed in place by the clip. */
  readonly gradient: Float32Array
  readonly step: number
  readonly learningRate: number
}

export interface StepWatch {
  /** @returns a function that ends the listening  @throws UsageError for an unknown detail  @throws RangeError for a bad number */
  add(listener: StepListener, options?: ObserveOptions): () => void
  listening(): boolean
  /** Before the clip. Null: nobody listens. */
  begin(scene: StepScene): ((report: ClipReport, skippedSoFar: number) => void) | null
}

const DETAILS: readonly StepDetail[] = ['cosine', 'update-ratio', 'second-moment', 'units']

interface Listener {
  readonly tell: StepListener
  readonly details: ReadonlySet<StepDetail>
  readonly every: number
  readonly epsilon: number | null
  monitor: { readonly of: ParameterLayout; readonly value: GradientMonitor } | null
}

export function stepWatch(): StepWatch {
  const listeners = new Set<Listener>()
  return {
    add(tell, options = {}) {
      const listener = checked(tell, options)
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },

    listening: () => listeners.size > 0,

    begin(scene) {
      if (listeners.size === 0) return null
      const { inner, plan, slots, layout, gradient, step, learningRate } = scene
      const now = [...listeners]
      const due = now.filter(({ every }) => step % every === 0)
      const gradientBefore = gradient.slice()
      const asks = (detail: StepDetail) => due.some(({ details }) => details.has(detail))
      const before = asks('update-ratio') ? readParameters(slots, layout) : null
      return (report, skippedSoFar) => {
        const told = report.skipped ? now : due
        if (told.length === 0) return
        const { skipped, clipRate } = report
        const after = before === null || skipped ? null : readParameters(slots, layout)
        const secondMoment = asks('second-moment') && !skipped ? readSecondMoments(inner, slots, layout, true) : null
        for (const listener of told) {
          if (listener.monitor?.of !== layout) listener.monitor = { of: layout, value: gradientMonitor(layout, plan, listener.details) }
          const { details, epsilon, monitor, tell } = listener
          const parts = monitor.value.measure({
            skipped,
            groups: report.groups,
            gradientBefore,
            gradientAfter: gradient,
            weights: details.has('update-ratio') && before !== null && after !== null ? { before, after } : null,
            secondMoment: details.has('second-moment') ? secondMoment : null,
            epsilon: epsilon ?? epsilonOf(inner),
          })
          tell({ step, learningRate, skipped, skippedSoFar, clipRate, ...parts })
        }
      }
    },
  }
}

function checked(tell: StepListener, options: ObserveOptions): Listener {
  refuseUnknown('observe', ['details', 'every', 'epsilon'], options)
  const { details = [], every = 1, epsilon } = options
  for (const detail of details) {
    if (!DETAILS.includes(detail))
      throw new UsageError(`observe: unknown detail "${detail}".${didYouMean(detail, DETAILS)} Details: ${DETAILS.join(', ')}.`)
  }
  return {
    tell,
    details: new Set(details),
    every: positiveInteger('observe: every', every),
    epsilon: epsilon === undefined ? null : positive('observe: epsilon', epsilon),
    monitor: null,
  }
}
