/**
 * What the gradients of one update did: norms before and after the clip, per clip group and per layer, averaged over the minibatch steps
 * that were taken; and a closer look at the first of them (step-sample.ts).
 */
import type { ClipPlan } from '../../src/clip/clip.js'
import { type GroupArithmetic, plainArithmetic } from '../../src/optim/arithmetic.js'
import type { ClipReport } from '../../src/optim/clipper.js'
import { type Block, blocksOf, type Group, groupsOf } from '../../src/optim/groups.js'
import type { ParameterLayout } from '../../src/optim/layout.js'
import type { FlatOptimizer } from '../../src/optim/optimizer.js'
import { sumOfSquares } from '../../src/optim/stats.js'
import type { GradientReport } from './learner.js'
import { type StepElements, type StepSample, stepSampler } from './step-sample.js'

const MOST_GROUPS = 16 // for per = 'tensor' and 'unit': more would drown a metrics file

export interface GradientMeter {
  /** Whether the next `after` reads the parameters and the optimiser's moments. */
  readonly looks: boolean
  /** Call with the gradient as it came. */
  before(gradient: Float32Array, parameters: Float32Array): void
  /** Call with the gradient as clipped and the parameters after the step; a step that was skipped is left out by not calling this. */
  after(gradient: Float32Array, clip: ClipReport, parameters: Float32Array, optimizer: Pick<FlatOptimizer, 'secondMoment'>): void
  /** Means over the steps; NaN when there was none. */
  report(parameters: Float32Array): GradientReport
}

/** @param look whether to look closely at the first step  @param inspect whether to copy the elements of that step */
export type MeterMaker = (look: boolean, inspect?: boolean) => GradientMeter

/**
 * @param epsilon the optimiser's, which √v̂ is compared with
 * @returns makes a meter for one update
 */
export function gradientMeters(
  layout: ParameterLayout,
  plan: ClipPlan,
  epsilon: number,
  arithmetic: GroupArithmetic = plainArithmetic,
): MeterMaker {
  const layers = groupsOf(layout, 'layer')
  const blocks = blocksOf(layers)
  return (look, inspect = false) => meterOf(layers, blocks, plan, look, epsilon, arithmetic, inspect)
}

function meterOf(
  layers: readonly Group[],
  blocks: readonly Block[],
  plan: ClipPlan,
  look: boolean,
  epsilon: number,
  arithmetic: GroupArithmetic,
  inspect: boolean,
): GradientMeter {
  const pending = new Float64Array(layers.length) // Σ x² before the clip
  const clipped = new Float64Array(layers.length) // and after it
  const layerBefore = new Float64Array(layers.length)
  const layerAfter = new Float64Array(layers.length)
  let groups: { name: string; tau: number; before: number; after: number; clipped: number }[] = []
  const total = { before: 0, after: 0, tau: 0, clipRate: 0 }
  const sampler = stepSampler()
  let sample: StepSample | null = null
  let elements: StepElements | null = null
  let steps = 0

  return {
    get looks() {
      return (look || inspect) && steps === 0
    },

    before(gradient, parameters) {
      if ((look || inspect) && steps === 0) sampler.before(gradient, parameters)
      arithmetic.squares(gradient, blocks, pending)
    },

    after(gradient, report, parameters, { secondMoment }) {
      if (look && steps === 0) sample = sampler.after(gradient, parameters, secondMoment?.(true) ?? null, epsilon)
      if (inspect && steps === 0) elements = sampler.elements(gradient, parameters)
      steps++
      total.before += report.normBefore
      total.after += report.normAfter
      total.clipRate += report.clipRate
      const changed = report.normAfter !== report.normBefore || report.clipRate > 0
      if (changed) arithmetic.squares(gradient, blocks, clipped)
      for (let i = 0; i < layers.length; i++) {
        layerBefore[i] = layerBefore[i]! + Math.sqrt(pending[i]!)
        layerAfter[i] = layerAfter[i]! + Math.sqrt((changed ? clipped : pending)[i]!)
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
      sample,
      elements,
      layers: layers.map((layer, i) => ({
        name: layer.name,
        normBefore: layerBefore[i]! / steps,
        normAfter: layerAfter[i]! / steps,
        weightNorm: Math.sqrt(sumOfSquares(parameters, layer.slices)),
      })),
    }),
  }
}
