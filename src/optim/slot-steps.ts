/**
 * The frame of a step that all flat optimisers share: parameters without a gradient wait, and the step is first proposed as a whole where
 * somebody may change it before it is taken. The loop over elements is each optimiser's own, in its `step`: handed over as a function it
 * would run a third slower.
 */
import type { ParameterLayout, ParameterSlot } from './layout.js'
import type { FloatArray, Revise } from './optimizer.js'
import { checkLengths, type SlotState } from './slots.js'

export interface SlotStep {
  /** The parameters with a gradient and their own steps with this one: 1 at the first. */
  readonly present: readonly { readonly slot: ParameterSlot; readonly count: number }[]
  /** Where the step goes; null: straight off the parameters. */
  readonly propose: FloatArray | null
  /** Lets the proposed step be changed and takes it, p ← p·keep − step; nothing to do where none was proposed. */
  take(keep: number): void
}

/** @returns begins a step: its arguments are those of `FlatOptimizer.step`. What it returns is valid until the next one. */
export function slotSteps(name: string, layout: ParameterLayout, { steps }: SlotState) {
  const all = layout.slots.map((slot) => ({ slot, count: 0 }))
  let proposed: FloatArray | null = null // made when first asked for, of the parameters' kind: half the memory of a float64 one to pass over

  return (parameters: FloatArray, gradient: FloatArray, absent?: ReadonlySet<string>, revise?: Revise): SlotStep => {
    checkLengths(name, layout, parameters, gradient)
    if (revise !== undefined && proposed?.constructor !== parameters.constructor)
      proposed = parameters instanceof Float32Array ? new Float32Array(layout.size) : new Float64Array(layout.size)
    const propose = revise === undefined ? null : proposed
    const present = absent === undefined ? all : all.filter(({ slot }) => !absent.has(slot.name))
    if (present !== all) propose?.fill(0) // those that are absent propose nothing
    for (let s = 0; s < all.length; s++) {
      const one = all[s]!
      if (absent === undefined || !absent.has(one.slot.name)) steps[s]!++
      one.count = steps[s]!
    }
    return {
      present,
      propose,
      take(keep) {
        if (propose === null) return
        revise!(propose)
        for (const { slot } of present) takeSlot(parameters, propose, slot, keep)
      },
    }
  }
}

function takeSlot(parameters: FloatArray, steps: FloatArray, { offset, size }: ParameterSlot, keep: number): void {
  for (let i = offset; i < offset + size; i++) parameters[i] = parameters[i]! * keep - steps[i]!
}

/** Weight decay of one step: what a weight keeps (decoupled), and what of it is added to its gradient (L2). */
export function decayOf(
  weightDecay: number,
  kind: 'decoupled' | 'l2',
  learningRate: number,
): { readonly keep: number; readonly penalty: number } {
  return kind === 'decoupled' ? { keep: 1 - learningRate * weightDecay, penalty: 0 } : { keep: 1, penalty: weightDecay }
}
