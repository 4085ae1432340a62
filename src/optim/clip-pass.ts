/**
 * One clip of a plan on one flat array. It knows tensors, axes and groups, and no rule by name.
 *
 * It runs once per minibatch step, so it allocates next to nothing, reads the array once for the norms that it always needs, and takes
 * other statistics only when the rule asks for them. A group under its limit is not written to: its values keep their bits.
 */
import type { Clip } from '../clip/clip.js'
import type { ClipContext, Signal, StatName } from '../clip/rule.js'
import { UsageError } from '../core/errors.js'
import type { Json } from '../core/json.js'
import { type GroupArithmetic, plainArithmetic } from './arithmetic.js'
import { clampLeft } from './clamp-loops.js'
import { blocksOf, type Group, groupsOf } from './groups.js'
import type { ParameterLayout } from './layout.js'
import { addLeft } from './loops.js'
import { limitsBy, normOf, relativeNorm, type StepArrays } from './measure.js'
import { createResidual, type Residual } from './residual.js'
import { selectedSlots } from './selection.js'
import { clampGroups, factor, scaleLike, shapeElements } from './shapes.js'
import { momentsOfGroups, sumOfMagnitudes, sumOfSquaredDeviations, sumOfSquares } from './stats.js'

/** What one group met in one step. The norm is the one that τ bounds: L2, L1, L∞ or RMS; for a clip of elements the largest magnitude. */
export interface GroupReport {
  /** 'model', 'actor', 'actor/hidden-0', 'actor/hidden-0/kernel', 'actor/hidden-0/kernel#3'. */
  readonly name: string
  /** Infinity: no limit. */
  readonly tau: number
  readonly normBefore: number
  readonly normAfter: number
  /** The norm was above τ. */
  readonly clipped: boolean
}

export interface ClipPass {
  readonly clip: Clip
  readonly groups: readonly Group[]
  readonly reports: readonly GroupReport[]
  /** Every element is in one of the groups. */
  readonly complete: boolean
  readonly readsParameters: boolean
  /** Σ x² of the selected elements, remembered for `run`; not finite when one of them is not. */
  measure(values: StepArrays['values']): number
  /** Clips `arrays.values` in place. @returns Σ x² of the selected elements afterwards */
  run(arrays: StepArrays, context: ClipContext, absent?: ReadonlySet<string>): number
  /** Groups (of=element: elements) that the last run looked at, and how many were above their limit. */
  readonly tally: { readonly counted: number; readonly clipped: number }
  feedback(signal: Signal): void
  explain(): { readonly group: string; readonly line: string }[]
  states: Json[]
  readonly residual: Residual | null
}

const EVERYTHING: readonly StatName[] = ['maxAbs', 'mean', 'std', 'meanAbs', 'paramNorm']

/** @param arithmetic for the gradient; a step that an optimiser proposes is its own array and takes the plain one */
export function createClipPass(clip: Clip, layout: ParameterLayout, arithmetic: GroupArithmetic = plainArithmetic): ClipPass {
  const { rule, of, shape, like } = clip
  const slots = selectedSlots(layout, clip)
  const groups = groupsOf({ slots, size: layout.size }, clip.per)
  const reports = groups.map(({ name }) => ({ name, tau: Number.POSITIVE_INFINITY, normBefore: 0, normAfter: 0, clipped: false }))
  const needs: ReadonlySet<StatName> = new Set(rule.needs ?? EVERYTHING)
  const blocks = blocksOf(groups)
  const squares = new Float64Array(groups.length) // Σ x² per group
  const weightSquares = new Float64Array(groups.length) // of the parameters, for rules that want them
  /** Taken together with the squares where a rule wants more than these. */
  const moments = { squares, largest: new Float64Array(groups.length), sums: new Float64Array(groups.length) }
  const means = needs.has('mean') || needs.has('std')
  const largest = needs.has('maxAbs') || of === 'element' || of === 'norm-inf'
  const clamps = of === 'element' && shape === 'hard' && rule.yardstick === undefined ? new Float64Array(groups.length) : null // limits of this step
  const factors = new Float64Array(groups.length) // of this step
  const residual = clip.errorFeedback ? createResidual(slots) : null
  const simple = blocks.every(({ groups }) => groups.length === 1) // no columns
  const stats = { size: 0, norm: 0, maxAbs: 0, mean: 0, std: 0, meanAbs: 0, paramNorm: 0, totalNorm: 0 } // one for all groups and steps
  const applied = { tau: 0, norm: 0 }
  const tally = { counted: 0, clipped: 0 }

  function take(group: Group, g: number, arrays: StepArrays, context: ClipContext): void {
    const { slices, size } = group
    const square = squares[g]!
    const { values } = arrays
    stats.size = size
    stats.maxAbs = largest ? moments.largest[g]! : Number.NaN
    stats.norm = compared(group, square, arrays, context)
    stats.meanAbs = needs.has('meanAbs') ? sumOfMagnitudes(values, slices) / size : Number.NaN
    const mean = means ? moments.sums[g]! / size : Number.NaN
    stats.mean = mean
    stats.std = needs.has('std') ? deviation(group, square, values, mean) : Number.NaN
    stats.paramNorm = needs.has('paramNorm') ? Math.sqrt(weightSquares[g]!) : Number.NaN
  }

  /** From the sum of squares that is known, unless the mean is so large that most digits would cancel. */
  function deviation({ slices, size }: Group, square: number, values: StepArrays['values'], mean: number): number {
    const power = square / size
    return Math.sqrt(2 * mean * mean < power ? power - mean * mean : sumOfSquaredDeviations(values, slices, mean) / size)
  }

  /** The number that τ is compared with. */
  function compared(group: Group, square: number, arrays: StepArrays, { loss }: ClipContext): number {
    if (rule.measures === 'loss') {
      if (loss === undefined)
        throw new UsageError(`clip "${clip.name}" compares the loss with τ and was not told it: use minimize or fit, or report it`)
      return loss
    }
    const x = rule.measures === 'gradient' ? arrays.gradient : arrays.values
    if (rule.yardstick) return relativeNorm(of, group, x, arrays, rule.yardstick)
    return x === arrays.values
      ? normOf(of, group, x, square, stats.maxAbs)
      : normOf(of, group, x, sumOfSquares(x, group.slices), Number.NaN)
  }

  /** Brings the group under τ, or notes the factor or the limit that will; its square is then the one afterwards. */
  function limit({ slices, size }: Group, g: number, arrays: StepArrays, tau: number): void {
    const { values } = arrays
    const over = stats.norm > tau
    if (of === 'element') {
      tally.counted += size
      applied.norm = stats.norm * factor(shape, tau, stats.norm)
      if (clamps !== null) clamps[g] = over ? tau : Number.POSITIVE_INFINITY
      else if (over || shape === 'soft' || shape === 'normalize') {
        const limits = rule.yardstick && limitsBy(rule.yardstick, arrays, tau)
        tally.clipped += shapeElements(values, slices, shape, tau, stats.norm, limits)
        squares[g] = sumOfSquares(values, slices)
      }
      return
    }
    tally.counted++
    if (over) tally.clipped++
    const by = like === 'exact' ? factor(shape, tau, stats.norm) : scaleLike(like, values, slices, tau, stats.norm)
    if (like === 'exact') factors[g] = by
    applied.norm = stats.norm * by
    squares[g] = squares[g]! * by * by
  }

  /** What was cut off so far comes on, measured in the same pass. */
  function addResidual(values: StepArrays['values'], { left }: Residual): void {
    for (let g = 0; g < groups.length; g++) {
      squares[g] = moments.largest[g] = moments.sums[g] = 0
      for (const { start, end } of groups[g]!.slices) addLeft(values, left, start, end, moments, g)
    }
  }

  function clampWith(limits: Float64Array, values: StepArrays['values'], { left }: Residual): void {
    for (let g = 0; g < groups.length; g++) {
      squares[g] = 0
      for (const { start, end } of groups[g]!.slices) tally.clipped += clampLeft(values, left, start, end, limits[g]!, squares, g)
    }
  }

  return {
    clip,
    groups,
    reports,
    complete: slots.length === layout.slots.length,
    readsParameters: needs.has('paramNorm') || rule.yardstick !== undefined,
    tally,
    states: groups.map(() => rule.init()),
    residual,

    measure(values) {
      if ((largest || means) && residual === null) momentsOfGroups(values, blocks, moments)
      else arithmetic.squares(values, blocks, squares)
      return total(squares)
    },

    run(arrays, context, absent) {
      const joint = simple && absent === undefined // passes that also keep what is cut off
      if (residual !== null && joint) addResidual(arrays.values, residual)
      else if (residual !== null) {
        residual.add(arrays.values, absent)
        momentsOfGroups(arrays.values, blocks, moments)
      }
      if (needs.has('paramNorm')) arithmetic.squares(arrays.parameters, blocks, weightSquares)
      tally.counted = tally.clipped = 0
      factors.fill(1)
      clamps?.fill(Number.POSITIVE_INFINITY)
      stats.totalNorm = Math.sqrt(total(squares))
      for (let g = 0; g < groups.length; g++) {
        const group = groups[g]!
        const report = reports[g]!
        if (absent !== undefined && group.parameters.every((name) => absent.has(name))) {
          report.normBefore = report.normAfter = 0
          report.clipped = false
          continue
        }
        take(group, g, arrays, context)
        const tau = rule.threshold(this.states[g]!, stats, context)
        if (!(tau > 0)) throw new RangeError(`clip "${clip.name}": τ must be above 0, got ${tau} from ${rule.name} for "${group.name}"`)
        limit(group, g, arrays, tau)
        applied.tau = report.tau = tau
        report.normBefore = stats.norm
        report.normAfter = applied.norm
        report.clipped = stats.norm > tau
        this.states[g] = rule.observe(this.states[g]!, stats, applied)
      }
      if (clamps !== null && residual !== null && joint) clampWith(clamps, arrays.values, residual)
      else {
        if (clamps !== null) tally.clipped += clampGroups(arrays.values, blocks, clamps, squares)
        else arithmetic.scale(arrays.values, blocks, factors)
        residual?.keep(arrays.values, absent)
      }
      return total(squares)
    },

    feedback(signal) {
      if (rule.feedback === undefined) return
      for (let g = 0; g < groups.length; g++) this.states[g] = rule.feedback(this.states[g]!, signal)
    },

    explain() {
      return rule.explain === undefined ? [] : groups.map(({ name }, g) => ({ group: name, line: rule.explain?.(this.states[g]!) ?? '' }))
    },
  }
}

const total = (squares: Float64Array): number => squares.reduce((sum, square) => sum + square, 0)
