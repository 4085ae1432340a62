/** What the bench runs, and what comes out. */
import type { Timing } from './harness.js'
import type { Peer, Peers } from './peer.js'

export interface BenchEntry {
  /** For --only. */
  readonly name: string
  /** One line for people. */
  readonly what: string
  /** @param gymnasium to measure against, where there is one  @param peers the other Python programs */
  run(gymnasium: Peer | null, peers: Peers): Promise<BenchResult>
}

export interface BenchResult {
  /** What the times are per: 'vector step of 8 environments'. */
  readonly unit: string
  readonly timings: readonly Timing[]
  readonly numbers: readonly BenchNumber[]
  /** What could not be measured and why, and what a reader must know. */
  readonly notes?: readonly string[]
}

/** A ratio or another number that later runs can be compared with. */
export interface BenchNumber {
  readonly name: string
  readonly value: number
  /** 'x' for ratios; '%', 'steps/s', 'MiB'. */
  readonly unit: string
  /** Where the project has promised something. */
  readonly target?: { readonly atLeast?: number; readonly atMost?: number }
  /** Its value in each round: how far repetitions lie apart. */
  readonly rounds?: readonly number[]
}

export function meets({ value, target }: BenchNumber): boolean | null {
  if (target === undefined) return null
  return value >= (target.atLeast ?? Number.NEGATIVE_INFINITY) && value <= (target.atMost ?? Number.POSITIVE_INFINITY)
}
