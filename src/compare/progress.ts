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
  /** Runs at work and the environment steps each has reported, by name. */
  readonly running: ReadonlyMap<string, number>
}

export const noProgress: CompareProgress = { total: 0, done: 0, failed: 0, running: new Map() }

export function progressAfter(progress: CompareProgress, event: CompareEvent): CompareProgress {
  switch (event.kind) {
    case 'planned':
      return { ...progress, total: event.total, done: event.finished }
    case 'started':
      return { ...progress, running: new Map(progress.running).set(event.spec.name, 0) }
    case 'line': {
      const step = stepIn(event.line)
      return step === null ? progress : { ...progress, running: new Map(progress.running).set(event.spec.name, step) }
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

/** '7 of 15 runs done, 1 failed, 2 at work' */
export function progressText({ total, done, failed, running }: CompareProgress): string {
  const parts = [`${done} of ${total} runs done`]
  if (failed > 0) parts.push(`${failed} failed`)
  if (running.size > 0) parts.push(`${running.size} at work`)
  return parts.join(', ')
}

/** The environment step in a line of `--log-format json`; null in any other line. */
function stepIn(line: string): number | null {
  if (!line.startsWith('{')) return null
  try {
    const entry = JSON.parse(line) as Readonly<Record<string, unknown>>
    const step = entry['step'] ?? entry['time/total_timesteps']
    return typeof step === 'number' ? step : null
  } catch {
    return null // a line of something else that begins with a brace
  }
}
