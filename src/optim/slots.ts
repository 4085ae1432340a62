/** What the flat optimisers share: one array per moment, a step counter per parameter, and their way to disk and back. */
import type { Bundle } from '../core/bundle.js'
import { RunError } from '../core/errors.js'
import type { ParameterLayout } from './layout.js'
import type { FloatArray } from './optimizer.js'

export interface SlotState {
  /** Steps that each parameter took, in the order of the layout. */
  readonly steps: Float64Array
  /** By name, each as long as the parameters. */
  readonly moments: Readonly<Record<string, FloatArray>>
}

export function resetSlots({ steps, moments }: SlotState): void {
  steps.fill(0)
  for (const moment of Object.values(moments)) moment.fill(0)
}

export function saveSlots(name: string, { steps, moments }: SlotState, { slots }: ParameterLayout): Bundle {
  const copies = Object.entries(moments).map(([key, array]) => [key, array.slice()] as const)
  return { header: { optimizer: name, parameters: slots.map((slot) => slot.name), steps: [...steps] }, arrays: Object.fromEntries(copies) }
}

/** @throws RunError when it was saved by another optimiser or for other parameters; then nothing is changed */
export function loadSlots(name: string, { steps, moments }: SlotState, { slots, size }: ParameterLayout, { header, arrays }: Bundle): void {
  const refuse = (what: string) => new RunError(`${name}: the saved state does not fit: ${what}`)
  if (header['optimizer'] !== name) throw refuse(`expected optimizer "${name}", got ${JSON.stringify(header['optimizer'])}`)
  const names = header['parameters']
  if (!Array.isArray(names) || names.length !== slots.length) throw refuse(`expected ${slots.length} parameters`)
  slots.forEach((slot, i) => {
    if (names[i] !== slot.name) throw refuse(`expected parameter "${slot.name}", got ${JSON.stringify(names[i])}`)
  })
  const counts = header['steps']
  if (!Array.isArray(counts) || counts.length !== slots.length || !counts.every((n) => Number.isSafeInteger(n) && Number(n) >= 0))
    throw refuse(`expected ${slots.length} step counts`)
  for (const key of Object.keys(moments)) {
    const length = arrays[key]?.length
    if (length !== size) throw refuse(`expected ${size} numbers of "${key}", got ${length ?? 'none'}`)
  }
  steps.set(counts.map(Number))
  for (const [key, array] of Object.entries(moments)) array.set(arrays[key]!)
}

/** @throws RangeError when an array does not fit the layout */
export function checkLengths(name: string, { size }: ParameterLayout, parameters: FloatArray, gradient: FloatArray): void {
  if (parameters.length !== size || gradient.length !== size)
    throw new RangeError(`${name}: expected ${size} parameters and gradients, got ${parameters.length} and ${gradient.length}`)
}
