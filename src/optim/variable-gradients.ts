/**
 * Gradients of tf.Variables as one flat array and back. The variables keep the order in which they were first seen, because the optimisers
 * of tfjs keep their moments by position.
 */
import { type NamedTensorMap, type Tensor, tensor } from '@tensorflow/tfjs-core'
import { UsageError } from '../core/errors.js'
import { variableNamed } from './foreign-update.js'
import { layout } from './layout.js'
import { adopted, type GroupVariable, type VariableSlot, withNew } from './variable-slots.js'

export type NamedTensor = { name: string; tensor: Tensor }

/** By the variable's name; null or undefined: the loss does not depend on it. */
export type GivenGradients = ReadonlyMap<string, Tensor | null | undefined>

/** In the order of the caller, who gives either form to a tf.Optimizer. */
export const gradientsByName = (gradients: NamedTensorMap | NamedTensor[]): GivenGradients =>
  new Map(Array.isArray(gradients) ? gradients.map(({ name, tensor }) => [name, tensor]) : Object.entries(gradients))

export class VariableGradients {
  slots: readonly VariableSlot[] = []
  layout = layout([])
  /** As the last `read` left it; a clip changes it in place. */
  flat = new Float32Array(0)
  private readonly group: GroupVariable

  constructor(group: GroupVariable) {
    this.group = group
  }

  /**
   * Makes room for variables that were not seen before.
   * @param saved slots of another program, whose variables these are by name or by position; null: none
   * @returns whether the layout is a new one
   * @throws UsageError for a name of no variable @throws RunError when the saved slots belong to others
   */
  meet(names: readonly string[], saved: readonly VariableSlot[] | null): boolean {
    const { slots } = this
    if (saved === null && names.length === slots.length && names.every((name, i) => name === slots[i]!.variable)) return false
    const incoming = names.map((name) => ({ name, shape: variableNamed(name).shape }))
    const next = withNew(saved === null ? slots : adopted(saved, incoming), incoming, this.group)
    if (next === slots) return false
    this.slots = next
    this.layout = layout(next)
    this.flat = new Float32Array(this.layout.size)
    return true
  }

  forget(): void {
    this.slots = []
    this.layout = layout([])
    this.flat = new Float32Array(0)
  }

  /** Fills the flat gradient. @returns the parameters that have none, or undefined when all have @throws UsageError for one of another size */
  read(given: GivenGradients): ReadonlySet<string> | undefined {
    const absent = new Set<string>()
    this.slots.forEach(({ variable, name }, i) => {
      const { offset, size } = this.layout.slots[i]!
      const gradient = this.checked(given, variable, i)
      if (gradient) this.flat.set(gradient.dataSync(), offset)
      else {
        this.flat.fill(0, offset, offset + size)
        absent.add(name)
      }
    })
    return absent.size > 0 ? absent : undefined
  }

  /** In our order, for a clip on the device. @throws UsageError for a gradient of another size than its variable */
  tensors(given: GivenGradients): (Tensor | null)[] {
    return this.slots.map(({ variable }, i) => this.checked(given, variable, i))
  }

  /**
   * Calls `use` with the gradients in our order: those given where nothing was changed, else tensors of our own, disposed afterwards.
   */
  handOver(given: GivenGradients, changed: boolean, use: (gradients: NamedTensor[]) => void): void {
    const own: Tensor[] = []
    const gradients = this.slots.map(({ variable, shape }, i) => {
      const original = given.get(variable)
      if (!original || !changed) return { name: variable, tensor: original as Tensor } // null passes: the optimiser skips that position
      const { offset, size } = this.layout.slots[i]!
      const clipped = tensor(this.flat.slice(offset, offset + size), [...shape])
      own.push(clipped)
      return { name: variable, tensor: clipped }
    })
    try {
      use(gradients)
    } finally {
      for (const clipped of own) clipped.dispose()
    }
  }

  private checked(given: GivenGradients, variable: string, i: number): Tensor | null {
    const { size } = this.layout.slots[i]!
    const gradient = given.get(variable) ?? null
    if (gradient && gradient.size !== size)
      throw new UsageError(`withClipping: expected a gradient of ${size} for "${variable}", got ${gradient.size}`)
    return gradient
  }
}
