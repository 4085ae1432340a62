/**
 * Moments and ε of whatever optimiser is there, through clips around it: ours by their methods, those of tfjs (adam, rmsprop) by their
 * fields, which tfjs calls private and has kept since its first versions. Every other optimiser has none as far as we know.
 */
import type { Optimizer, Tensor, Variable } from '@tensorflow/tfjs-core'
import type { ParameterLayout } from './layout.js'
import type { VariableSlot } from './variable-slots.js'

/** What rules such as SPAM ask of an optimiser, and ours for TensorFlow.js grant. */
export interface Steerable {
  /** Multiplies the learning rate. */
  rateFactor: number
  resetMoments(): void
}

/** Whichever of these an optimiser has. */
interface Insides extends Partial<Steerable> {
  readonly inner?: Optimizer // of a clip around a clip
  readonly epsilon?: number | null
  readonly beta2?: number
  readonly accBeta2?: Variable
  readonly accumulatedSecondMoment?: readonly Accumulated[]
  readonly accumulatedMeanSquares?: readonly Accumulated[]
  readonly secondMomentOf?: (variable: string, corrected: boolean) => Tensor | null
}

interface Accumulated {
  /** '<variable>/v' for adam, '<variable>/rms' for rmsprop. */
  readonly originalName: string
  readonly variable: Variable
}

const EPSILON = 1e-8

/** Null when it is not one of ours. */
export function steerable(optimizer: Optimizer): Steerable | null {
  const insides = innermost(optimizer)
  return insides.resetMoments === undefined ? null : (insides as Steerable)
}

export function hasSecondMoments(optimizer: Optimizer): boolean {
  const { secondMomentOf, accumulatedMeanSquares, accumulatedSecondMoment } = innermost(optimizer)
  return (secondMomentOf ?? accumulatedMeanSquares ?? accumulatedSecondMoment) !== undefined
}

/** v of every element, its bias corrected or not, 0 for variables that took no step; null when the optimiser has none. */
export function readSecondMoments(
  optimizer: Optimizer,
  slots: readonly VariableSlot[],
  { slots: table, size }: ParameterLayout,
  corrected: boolean,
): Float64Array | null {
  const insides = innermost(optimizer)
  const { secondMomentOf, accumulatedMeanSquares, accumulatedSecondMoment } = insides
  const list = accumulatedSecondMoment ?? accumulatedMeanSquares
  if (!hasSecondMoments(optimizer)) return null
  const moments = new Float64Array(size)
  const unbiased = list && corrected ? correction(insides) : 1
  slots.forEach(({ variable }, i) => {
    const { offset } = table[i]!
    if (secondMomentOf) {
      const moment = secondMomentOf.call(insides, variable, corrected)
      if (moment) moments.set(moment.dataSync(), offset)
      moment?.dispose()
      return
    }
    const found = list!.find((one) => one?.originalName === `${variable}/v` || one?.originalName === `${variable}/rms`)
    found?.variable.dataSync().forEach((v, k) => {
      moments[offset + k] = v / unbiased
    })
  })
  return moments
}

/** ε of the optimiser, or 1e-8 where it does not tell. */
export function epsilonOf(optimizer: Optimizer): number {
  const insides = innermost(optimizer)
  return typeof insides.epsilon === 'number' ? insides.epsilon : EPSILON
}

/** 1 − β₂ᵗ. Adam of tfjs keeps β₂ᵗ⁺¹ after t steps. */
function correction({ accBeta2, beta2 }: Insides): number {
  return accBeta2 === undefined || beta2 === undefined ? 1 : 1 - accBeta2.dataSync()[0]! / beta2
}

function innermost(optimizer: Optimizer): Insides {
  const insides = optimizer as unknown as Insides
  return insides.inner ? innermost(insides.inner) : insides
}
