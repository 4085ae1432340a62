/**
 * The moments and step counters of a tf optimiser, by the variable's name. What was loaded bears the names of the program that saved; the
 * first gradients tell today's, and then it is adopted by name or by position (variable-slots.ts).
 */
import { dispose, fill, keep, type Tensor, type Variable } from '@tensorflow/tfjs-core'
import { RunError } from '../core/errors.js'
import type { TfRule } from './tf-rule.js'
import type { TfSlotRecord } from './tf-state.js'
import type { NamedTensor } from './variable-gradients.js'
import { adoptedNames } from './variable-slots.js'

/** Of one variable. */
export interface TfSlot {
  readonly shape: readonly number[]
  /** Steps that this variable took. */
  steps: number
  /** In the order of the rule's; kept until the next step. */
  moments: Tensor[]
}

export class TfMoments {
  /** Of the moments, in the rule's order. */
  readonly names: readonly string[]
  private readonly label: string
  private readonly initial: TfRule['moments']
  private slots = new Map<string, TfSlot>()
  /** Loaded, and not yet adopted. */
  private foreign = false

  /** @param label opens each message: 'tfAdam' */
  constructor(label: string, initial: TfRule['moments']) {
    this.label = label
    this.initial = initial
    this.names = initial.map(([name]) => name)
  }

  of(variable: string): TfSlot | undefined {
    return this.slots.get(variable)
  }

  /** Makes room for variables that were not seen before. @throws RunError when one changed its shape; then nothing is changed */
  meet(variables: readonly Variable[]): void {
    const { label } = this
    if (this.foreign) {
      const saved = [...this.slots].map(([name, slot]) => ({ name, shape: slot.shape, slot }))
      const names = adoptedNames(label, saved, variables)
      this.slots = new Map(saved.map(({ slot }, i) => [names[i]!, slot]))
      this.foreign = false
    }
    for (const { name, shape } of variables) {
      const slot = this.slots.get(name)
      if (slot && !sameShape(slot.shape, shape))
        throw new RunError(`${label}: the variable "${name}" was [${slot.shape}] and is [${shape}] now; make a new optimizer for it`)
    }
    for (const { name, shape } of variables) {
      if (this.slots.has(name)) continue
      const moments = this.initial.map(([, value]) => keep(fill(shape, value)))
      this.slots.set(name, { shape: [...shape], steps: 0, moments })
    }
  }

  /** The last `steps` steps were not taken. */
  uncount(steps: number): void {
    for (const slot of this.slots.values()) slot.steps = Math.max(0, slot.steps - steps)
  }

  get records(): TfSlotRecord[] {
    return [...this.slots].map(([name, { shape, steps }]) => ({ name, shape, steps }))
  }

  /** Named '<variable>/<moment>'; they stay ours. */
  tensors(): NamedTensor[] {
    return [...this.slots].flatMap(([variable, { moments }]) =>
      moments.map((tensor, i) => ({ name: `${variable}/${this.names[i]}`, tensor })),
    )
  }

  /** @throws RunError when a moment is missing or does not fit; then nothing is changed */
  load(records: readonly TfSlotRecord[], weights: readonly NamedTensor[]): void {
    const byName = new Map(weights.map(({ name, tensor }) => [name, tensor]))
    const found = records.map((record) => ({ record, tensors: this.names.map((moment) => this.find(record, moment, byName)) }))
    this.dispose()
    for (const { record, tensors } of found) {
      this.slots.set(record.name, { shape: record.shape, steps: record.steps, moments: tensors.map((tensor) => keep(tensor.clone())) })
    }
    this.foreign = found.length > 0
  }

  /** Begins anew. */
  dispose(): void {
    for (const { moments } of this.slots.values()) dispose(moments)
    this.slots.clear()
  }

  private find({ name, shape }: TfSlotRecord, moment: string, weights: ReadonlyMap<string, Tensor>): Tensor {
    const tensor = weights.get(`${name}/${moment}`)
    if (tensor && sameShape(tensor.shape, shape)) return tensor
    const got = tensor ? `[${tensor.shape}]` : 'none'
    throw new RunError(`${this.label}: expected a weight "${name}/${moment}" of [${shape}], got ${got}`)
  }
}

export const sameShape = (a: readonly number[], b: readonly number[]): boolean => a.length === b.length && a.every((n, i) => n === b[i])
