/**
 * Clips of stage update around an optimiser that is not ours: lets it step, takes what it did to the weights for the step that it proposes,
 * and writes back the weights whose step was cut. The others keep the bits that the optimiser gave them.
 */
import { engine, tensor, type Variable } from '@tensorflow/tfjs-core'
import { UsageError } from '../core/errors.js'
import type { ParameterLayout } from './layout.js'
import type { VariableSlot } from './variable-slots.js'

/** All parameters, flat, as they stand. */
export function readParameters(slots: readonly VariableSlot[], { slots: table, size }: ParameterLayout): Float32Array {
  const parameters = new Float32Array(size)
  slots.forEach(({ variable }, i) => {
    parameters.set(variableNamed(variable).dataSync(), table[i]!.offset)
  })
  return parameters
}

/** @param revise changes the proposed step in place */
export function stepAndRevise(
  slots: readonly VariableSlot[],
  layout: ParameterLayout,
  step: () => void,
  revise: (update: Float64Array, parameters: Float32Array) => void,
): void {
  const before = readParameters(slots, layout)
  step()
  const after = readParameters(slots, layout)
  const proposed = Float64Array.from(before, (p, i) => p - after[i]!)
  const update = proposed.slice()
  revise(update, before)
  slots.forEach(({ variable, shape }, i) => {
    const { offset, size } = layout.slots[i]!
    let cut = false
    for (let k = offset; k < offset + size; k++) {
      if (update[k] === proposed[k]) continue
      after[k] = before[k]! - update[k]!
      cut = true
    }
    if (!cut) return
    const weights = tensor(after.slice(offset, offset + size), [...shape])
    variableNamed(variable).assign(weights)
    weights.dispose()
  })
}

/** @throws UsageError when there is none */
export function variableNamed(name: string): Variable {
  const variable = engine().registeredVariables[name]
  if (!variable) throw new UsageError(`withClipping: no variable is called "${name}"; gradients are named after their variables`)
  return variable
}
