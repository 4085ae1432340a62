/** What observations and actions may be. Samples equal Gymnasium's after the same seed. */
import type { Json } from '../json.js'

export type SpaceKind = 'box' | 'discrete' | 'multi-discrete' | 'multi-binary' | 'text' | 'dict' | 'tuple' | 'sequence' | 'one-of' | 'graph'

export interface Space<T = unknown> {
  readonly kind: SpaceKind
  /** Numbers in one element written flat: Box: the product of its shape. Discrete: 1 (its index), not one-hot. */
  readonly size: number
  /** Starts the space's own random stream. @throws RangeError unless a non-negative integer */
  seed(seed: number): void
  /** A random element from the space's own stream. */
  sample(): T
  contains(value: unknown): value is T
  equals(other: Space): boolean
  /** A description from which an equal space can be made. */
  toJSON(): Json
}
