/** A learner's numbers in the kernels' memory: its flat parameters and gradients, and how they fall to the networks. */
import type { Kernels } from '../../src/kernels/kernels.js'
import type { ParameterLayout } from '../../src/optim/layout.js'

/** A flat array as everyone else sees it, and where the kernels find it. */
export interface FusedArray {
  readonly values: Float32Array
  /** Bytes; that of element i is `address + 4 i`. */
  readonly address: number
}

/** @param size numbers, all zero at first */
export function fusedArray(kernels: Kernels, size: number): FusedArray {
  return arrayAt(kernels, kernels.memory.allocate(size), size)
}

/** Numbers that lie in the memory already. */
export const arrayAt = ({ memory }: Kernels, address: number, size: number): FusedArray => ({
  values: new Float32Array(memory.buffer, address, size),
  address,
})

/** Neighbouring elements of the flat arrays. */
export interface Run {
  readonly offset: number
  readonly size: number
}

/** The elements of each network, by name, in the order of the layout; a log standard deviation lies behind the critic and is the actor's. */
export function networkRuns({ slots }: ParameterLayout): ReadonlyMap<string, readonly Run[]> {
  const networks = new Map<string, Run[]>()
  for (const { network, offset, size } of slots) {
    const runs = networks.get(network) ?? []
    networks.set(network, runs)
    const last = runs.at(-1)
    if (last && last.offset + last.size === offset) runs[runs.length - 1] = { offset: last.offset, size: last.size + size }
    else runs.push({ offset, size })
  }
  return networks
}
