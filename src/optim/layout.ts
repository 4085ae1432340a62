/**
 * Where each parameter lies in the one flat Float32Array that holds them all, and what it is part of.
 * Clipping groups, layer metrics and checkpoints all read this table.
 */

export interface ParameterSlot {
  /** Unique: 'actor/hidden-0/kernel'. */
  readonly name: string
  /** Dense kernels are [in, out]. */
  readonly shape: readonly number[]
  /** 'actor' or 'critic' for ours; whatever the caller says for other models. */
  readonly network: string
  /** 'actor/hidden-0': kernel and bias of one layer share it. */
  readonly layer: string
  /** First element in the flat array. */
  readonly offset: number
  /** Elements: the product of `shape`. */
  readonly size: number
}

export interface ParameterLayout {
  readonly slots: readonly ParameterSlot[]
  /** Elements in all. */
  readonly size: number
}

/** Lays the parameters one after the other, in the order given. @throws RangeError when a name comes twice */
export function layout(parameters: readonly Omit<ParameterSlot, 'offset' | 'size'>[]): ParameterLayout {
  const names = new Set<string>()
  let offset = 0
  const slots = parameters.map((parameter) => {
    if (names.has(parameter.name)) throw new RangeError(`layout: parameter names must be unique, got "${parameter.name}" twice`)
    names.add(parameter.name)
    const size = parameter.shape.reduce((product, n) => product * n, 1)
    const slot = { ...parameter, offset, size }
    offset += size
    return slot
  })
  return { slots, size: offset }
}
