/** How far a comparison is, as a function of its events. */
import type { RunSpec } from './grid.js'
import type { PoolEvent } from './pool.js'

export type CompareEvent =
  /** Before anything starts. */
  | {
      readonly kind: 'planned'
      readonly total: number
      /** Runs that need not be made: finished before. */
      readonly finished: number
      /** Where the remains of unfinished runs were moved to. */
      readonly setAside: readonly string[]
      /** Runs at a time. */
      readonly parallel: number
    }
  | PoolEvent<RunSpec>

export interface CompareProgress {
  readonly total: number
  /** Runs with a result, old ones included. */
  readonly done: number
  readonly failed: number
  /** Runs at work, by name. */
  readonly running: ReadonlyMap<string, RunningRun>
}

export interface RunningRun {
  /** Environment steps reported last. */
  readonly step: number
  /** Null until the run has said. */
  readonly totalSteps: number | null
}

export const noProgress: CompareProgress = { total: 0, done: 0, failed: 0, running: new Map() }

export function progressAfter(progress: CompareProgress, event: CompareEvent): CompareProgress {
  switch (event.kind) {
    case 'planned':
      return { ...progress, total: event.total, done: event.finished }
    case 'started':
      return { ...progress, running: new Map(progress.running).set(event.spec.name, { step: 0, totalSteps: null }) }
    case 'line': {
      const said = numbersIn(event.line)
      const { name } = event.spec
      const before = progress.running.get(name)
      if (said === null || before === undefined) return progress
      return { ...progress, running: new Map(progress.running).set(name, { ...before, ...said }) }
    }
    case 'ended': {
      const running = new Map(progress.running)
      running.delete(event.outcome.spec.name)
      const done = event.outcome.status === 'done'
      return { ...progress, running, done: progress.done + (done ? 1 : 0), failed: progress.failed + (done ? 0 : 1) }
    }
    default:
      return event satisfies never
  }
}

/** '7 of 15 runs done, 1 failed, 2 at work (43%, 12%)' */
export function progressText({ total, done, failed, running }: CompareProgress): string {
  const parts = [`${done} of ${total} runs done`]
  if (failed > 0) parts.push(`${failed} failed`)
  const shares = [...running.values()].map(({ step, totalSteps }) =>
    totalSteps === null ? '0%' : `${Math.floor((100 * step) / totalSteps)}%`,
  )
  if (running.size > 0) parts.push(`${running.size} at work (${shares.join(', ')})`)
  return parts.join(', ')
}

/** What a line of `train --log-format json` says of its progress; null for any other line. */
function numbersIn(line: string): Partial<RunningRun> | null {
  if (!line.startsWith('{')) return null
  try {
    const { step, totalSteps } = JSON.parse(line) as Readonly<Record<string, unknown>>
    return { ...(typeof step === 'number' ? { step } : {}), ...(typeof totalSteps === 'number' && totalSteps > 0 ? { totalSteps } : {}) }
  } catch {
    return null // a line of something else that begins with a brace
  }
}
