/**
 * What the gradients of one update did: norms before and after the clip, per clip group and per layer, averaged over the minibatch steps
 * that were taken.
 */
import type { ClipPlan } from '../../src/clip/clip.js'
import type { ClipReport } from '../../src/optim/clipper.js'
import type { ParameterLayout } from '../../src/optim/layout.js'
import type { GradientReport } from './learner.js'

const MOST_GROUPS = 16 // for per = 'tensor' and 'unit': more would drown a metrics file

export interface GradientMeter {
  /** Call with the gradient as it came. */
  before(gradient: Float32Array): void
  /** Call with the gradient as clipped; a step that was skipped is left out by not calling this. */
  after(gradient: Float32Array, clip: ClipReport): void
  /** Means over the steps; NaN when there was none. */
  report(parameters: Float32Array): GradientReport
}

export function gradientMeter(layout: ParameterLayout, plan: ClipPlan): GradientMeter {
  const layers = spans(layout)
  const pending = new Float64Array(layers.length)
  const layerBefore = new Float64Array(layers.length)
  const layerAfter = new Float64Array(layers.length)
  let groups: { name: string; tau: number; before: number; after: number; clipped: number }[] = []
  const total = { before: 0, after: 0, tau: 0, clipRate: 0 }
  let steps = 0

  return {
    before(gradient) {
      for (let i = 0; i < layers.length; i++) pending[i] = norm(gradient, layers[i]!)
    },

    after(gradient, report) {
      steps++
      total.before += report.normBefore
      total.after += report.normAfter
      total.clipRate += report.clipRate
      const changed = report.normAfter !== report.normBefore || report.clipRate > 0
      for (let i = 0; i < layers.length; i++) {
        layerBefore[i] = layerBefore[i]! + pending[i]!
        layerAfter[i] = layerAfter[i]! + (changed ? norm(gradient, layers[i]!) : pending[i]!)
      }
      if (groups.length === 0) groups = report.groups.map(({ name }) => ({ name, tau: 0, before: 0, after: 0, clipped: 0 }))
      for (let g = 0; g < groups.length; g++) {
        const sum = groups[g]!
        const now = report.groups[g]!
        sum.tau += now.tau
        sum.before += now.normBefore
        sum.after += now.normAfter
        sum.clipped += now.clipped ? 1 : 0
        total.tau += now.tau / groups.length
      }
    },

    report: (parameters) => ({
      normBefore: total.before / steps,
      normAfter: total.after / steps,
      tau: total.tau / steps,
      clipRate: total.clipRate / steps,
      groups:
        plan.some(({ per }) => per === 'tensor' || per === 'unit') && groups.length > MOST_GROUPS
          ? []
          : groups.map(({ name, tau, before, after, clipped }) => ({
              name,
              tau: tau / steps,
              normBefore: before / steps,
              normAfter: after / steps,
              clipRate: clipped / steps,
            })),
      layers: layers.map((layer, i) => ({
        name: layer.name,
        normBefore: layerBefore[i]! / steps,
        normAfter: layerAfter[i]! / steps,
        weightNorm: norm(parameters, layer),
      })),
    }),
  }
}

interface Span {
  readonly name: string
  readonly slots: readonly { readonly offset: number; readonly size: number }[]
}

/** The parameters of each layer, in the order of the layout. */
function spans(layout: ParameterLayout): Span[] {
  const names = [...new Set(layout.slots.map(({ layer }) => layer))]
  return names.map((name) => ({ name, slots: layout.slots.filter(({ layer }) => layer === name) }))
}

function norm(x: Float32Array, { slots }: Span): number {
  let squares = 0
  for (let s = 0; s < slots.length; s++) {
    const { offset, size } = slots[s]!
    for (let i = offset; i < offset + size; i++) squares += x[i]! * x[i]!
  }
  return Math.sqrt(squares)
}
