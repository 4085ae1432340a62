/** What consumes the events of a run. A sink never changes an event, and knows of no other sink. */
import { RunError } from '../../core/errors.js'
import type { RunEvent } from '../../core/events.js'
import { type Disk, nodeDisk } from '../disk.js'

export interface Sink {
  /** Called with every event in order; kinds that do not concern the sink pass by. */
  handle(event: RunEvent): void | Promise<void>
  /** Writes what waits and lets go; a second call does nothing. */
  close(): Promise<void>
}

/** Runs `work`, which writes `what`. Decides what a refusal of the disk means: an error now, or a warning and another try later. */
export type Attempt = (what: string, work: () => void) => void

export interface SinkOptions {
  /** Default: a refusal is an error. */
  readonly attempt?: Attempt
  readonly disk?: Disk
  /** Asked after a row: whether it may wait in memory for those that follow. Default: every row is written at once. */
  readonly mayWait?: () => boolean
}

/** Every refusal of the disk is an error at once. */
export const failHard: Attempt = (_what, work) => work()

export function withDefaults(options: SinkOptions): Required<SinkOptions> {
  return { attempt: options.attempt ?? failHard, disk: options.disk ?? nodeDisk, mayWait: options.mayWait ?? (() => false) }
}

export interface SoftFailures {
  readonly attempt: Attempt
  /** What is still not written, one line each. Empty: all is well. */
  failures(): readonly string[]
}

/**
 * Training goes on when the disk does not: the first refusal for each `what` becomes a warning, so does the first success after it.
 * Bugs are no refusals and stay errors.
 */
export function failSoft(warn: (message: string) => void): SoftFailures {
  const failing = new Map<string, string>()
  return {
    attempt(what, work) {
      try {
        work()
      } catch (error) {
        if (!(error instanceof RunError)) throw error
        const known = failing.has(what)
        failing.set(what, error.message)
        if (!known) warn(`${error.message}. Training goes on.`)
        return
      }
      if (failing.delete(what)) warn(`writing ${what} works again.`)
    },
    failures: () => [...failing.values()],
  }
}
