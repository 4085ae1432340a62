/** Observations changed as flat rows: what a wrapper of single environments and its twin for vectors have in common. */
import type { Space } from '../spaces/space.js'

export interface RowChange<S extends Space<never> | Space = Space> {
  /** Where the changed observations lie. */
  readonly observationSpace: S
  /** Writes what becomes of the flat observation `from[at … )` to `out[outAt … )`; it depends on that row alone. */
  write(from: ArrayLike<number>, at: number, out: { [index: number]: number }, outAt: number): void
}
