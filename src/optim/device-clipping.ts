/**
 * The part of a ClippedOptimizer that works on the device: it carries out the clipper's plan there (device-clip.ts), takes the step where the
 * gradient was finite (device-mask.ts), and tells the host now and then what was left out. Nothing is read in a step, unless a rule looks
 * at the norms of the gradient that it limits.
 *
 * What the host learns late: a step that was left out counts as taken until then, in the bias correction of moments and in schedules; and a
 * rule that depends on earlier gradients sees them when they arrive, in a program that never waits at most eight steps later.
 */
import { getBackend, type Optimizer, square, sum, type Tensor, tidy } from '@tensorflow/tfjs-core'
import type { ClipPlan } from '../clip/clip.js'
import type { ClipContext } from '../clip/rule.js'
import { UsageError } from '../core/errors.js'
import { didYouMean } from '../core/suggest.js'
import type { Clipper, ClipReport } from './clipper.js'
import { type DeviceClip, deviceClip, type SkipCount } from './device-clip.js'
import { canMask, maskedStep, uncount } from './device-mask.js'
import { type Gradients, hostOnly } from './device-pass.js'
import { variableNamed } from './foreign-update.js'
import type { VariableSlot } from './variable-slots.js'

/** Where gradients are clipped. auto: on the device where reading from it waits (webgpu, webgl, tensorflow) and the clip allows it. */
export type ClipWhere = 'auto' | 'host' | 'device'

const WHERE: readonly ClipWhere[] = ['auto', 'host', 'device']
const DEVICES: readonly string[] = ['webgpu', 'webgl', 'tensorflow']
const ASK_EVERY = 16 // steps between two questions how many were left out
const PATIENCE = 16 // questions that may go unanswered before the host waits for one

export interface DeviceEvents {
  /** Steps that were left out, heard of now. @param longest in a row */
  skipped(steps: number, inRow: number, longest: number): void
}

export interface DeviceScene {
  readonly clipper: Clipper
  readonly slots: readonly VariableSlot[]
  readonly gradients: Gradients
  readonly context: ClipContext
}

/** Whether this step is to be clipped on the device. @throws UsageError for another word, or where='device' for a clip that needs the host */
export function deviceChoice(choice: ClipWhere, inner: Optimizer, plan: ClipPlan): () => boolean {
  if (!WHERE.includes(choice))
    throw new UsageError(
      `withClipping: where must be one of ${WHERE.join(', ')}, got ${JSON.stringify(choice)}.${didYouMean(String(choice), WHERE)}`,
    )
  const clips = plan.flatMap((clip) => hostOnly(clip) ?? [])
  const obstacle = canMask(inner) ? clips[0] : `the moments of ${inner.getClassName()} are not known, and a step may have to be undone`
  if (choice === 'device' && obstacle) throw new UsageError(`withClipping: where=device is not possible: ${obstacle}. Use where=auto.`)
  return () => choice === 'device' || (choice === 'auto' && obstacle === undefined && DEVICES.includes(getBackend()))
}

export class DeviceClipping {
  private readonly inner: Optimizer
  private readonly events: DeviceEvents
  private clip: { readonly value: DeviceClip; readonly of: Clipper } | null = null
  private known: SkipCount = NONE
  private steps = 0
  private unanswered = 0

  constructor(inner: Optimizer, events: DeviceEvents) {
    this.inner = inner
    this.events = events
  }

  /** @returns the name of a variable whose gradient was read and is not finite: then nothing was changed; null: the step was taken */
  step({ clipper, slots, gradients, context }: DeviceScene): string | null {
    const { inner } = this
    const names = slots.map(({ name }) => name)
    const clip = this.clipOf(clipper, names)
    const variables = slots.map(({ variable }) => variableNamed(variable))
    const done = clip.apply(gradients, variables, context)
    if (done === null) return firstNonFinite(gradients, names)
    const { take } = done
    try {
      const list = slots.map(({ variable }, i) => ({ name: variable, tensor: done.gradients[i] as Tensor })) // null passes: that position is left out
      const present = variables.filter((_, i) => gradients[i])
      if (take === null) inner.applyGradients(list)
      else maskedStep(inner, present, take, () => inner.applyGradients(list))
    } finally {
      done.gradients.forEach((gradient, i) => {
        if (gradient !== gradients[i]) gradient?.dispose()
      })
      take?.dispose()
    }
    if (take !== null && ++this.steps % ASK_EVERY === 0) this.ask(clip)
    return null
  }

  /** Of the last step; waits for the device. */
  report(): ClipReport | null {
    return this.clip?.value.report() ?? null
  }

  async reportSoon(): Promise<ClipReport | null> {
    const { clip } = this
    if (clip === null) return null
    const count = await clip.value.skipsSoon()
    if (count && clip === this.clip) this.learn(count)
    return clip.value.reportSoon()
  }

  /** Waits for the device until the host knows everything. */
  settle(): void {
    if (this.clip === null) return
    this.clip.value.settle()
    this.learn(this.clip.value.skips())
  }

  dispose(): void {
    this.clip?.value.dispose()
    this.clip = null
    this.known = NONE
  }

  private clipOf(clipper: Clipper, names: readonly string[]): DeviceClip {
    if (this.clip?.of === clipper) return this.clip.value
    this.settle()
    this.clip?.value.dispose()
    this.known = NONE
    this.clip = { value: deviceClip(clipper, names), of: clipper }
    return this.clip.value
  }

  private ask(clip: DeviceClip): void {
    const answer = clip.skipsSoon()
    if (answer === null) {
      if (++this.unanswered >= PATIENCE) this.learn(clip.skips())
      return
    }
    this.unanswered = 0
    void answer.then((count) => {
      if (this.clip?.value === clip) this.learn(count)
    })
  }

  private learn(count: SkipCount): void {
    const fresh = count.steps - this.known.steps
    const { longest } = this.known
    this.known = count
    if (fresh > 0) uncount(this.inner, fresh)
    this.events.skipped(fresh, count.inRow, count.longest > longest ? count.longest : count.inRow)
  }
}

const NONE: SkipCount = { steps: 0, inRow: 0, longest: 0 }

function firstNonFinite(gradients: Gradients, names: readonly string[]): string {
  const found = gradients.findIndex((gradient) => gradient && !Number.isFinite(tidy(() => sum(square(gradient))).dataSync()[0]!))
  return names[found] ?? names[0]!
}
