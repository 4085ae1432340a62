/**
 * Runs child processes side by side, as many at a time as asked for. One that fails is written down and does not stop the others.
 *
 * Interrupting is part of the contract: at the first SIGINT, SIGTERM, SIGHUP or abort nothing new starts and every child is asked to end
 * (SIGTERM); at a second one, or after a grace period, they are killed. When this process exits in any other way it kills them on its way
 * out, so no child outlives it.
 */
import { availableParallelism } from 'node:os'
import { positiveInteger } from '../core/checks.js'
import { type Child, type Launch, startChild } from './child.js'

export type PoolEvent<S> =
  | { readonly kind: 'started'; readonly spec: S }
  /** One line of the child's standard output. */
  | { readonly kind: 'line'; readonly spec: S; readonly line: string }
  | { readonly kind: 'ended'; readonly outcome: Outcome<S> }

export interface Outcome<S> {
  readonly spec: S
  /** `done`: exit code 0. `cancelled`: never started, or ended because we were interrupted. */
  readonly status: 'done' | 'failed' | 'cancelled'
  /** Why not done, in words: 'exit code 1', 'killed by SIGKILL'; null when done. */
  readonly reason: string | null
  /** Last lines of standard error, at most 20. */
  readonly lastWords: readonly string[]
}

export interface PoolOptions<S> {
  readonly specs: readonly S[]
  /** What to start for one spec; if it throws, that spec counts as failed. */
  readonly start: (spec: S) => Launch
  /** Children at a time, at least 1. Default: the number of cores this process may use. */
  readonly parallel?: number
  /** Aborting is the same as a SIGINT. */
  readonly signal?: AbortSignal
  /** Seconds from the request to end until children are killed. Default 20: a run finishes its update and saves. */
  readonly graceSeconds?: number
  /** Seconds after which a child is killed and counts as failed. Default: none. */
  readonly timeLimitSeconds?: number
  readonly onEvent?: (event: PoolEvent<S>) => void
}

export interface PoolResult<S> {
  /** One per spec, in their order. */
  readonly outcomes: readonly Outcome<S>[]
  /** What interrupted the pool: a signal's name, 'abort', or null. */
  readonly interruptedBy: string | null
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Resolves when every child has ended; rejects only with what `onEvent` threw, after ending the children. */
export async function runPool<S>(options: PoolOptions<S>): Promise<PoolResult<S>> {
  const { specs, start, signal } = options
  const parallel = positiveInteger('parallel', options.parallel ?? availableParallelism())
  const running = new Set<Child>()
  const outcomes: Outcome<S>[] = []
  let interruptedBy: string | null = null
  let thrown: { readonly error: unknown } | null = null
  let killTimer: NodeJS.Timeout | undefined

  const endAll = (how: NodeJS.Signals) => {
    for (const child of running) child.end(how)
  }
  const interrupt = (by: string) => {
    if (interruptedBy !== null) return endAll('SIGKILL')
    interruptedBy = by
    endAll('SIGTERM')
    killTimer = setTimeout(endAll, (options.graceSeconds ?? 20) * 1000, 'SIGKILL')
  }
  const tell = (event: PoolEvent<S>) => {
    try {
      options.onEvent?.(event)
    } catch (error) {
      thrown ??= { error }
      if (interruptedBy === null) interrupt('an error in onEvent')
    }
  }
  const runOne = async (spec: S): Promise<Outcome<S>> => {
    if (interruptedBy !== null) return { spec, status: 'cancelled', reason: 'not started', lastWords: [] }
    let launch: Launch
    try {
      launch = start(spec)
    } catch (error) {
      return { spec, status: 'failed', reason: 'could not be started', lastWords: [error instanceof Error ? error.message : String(error)] }
    }
    const child = startChild(launch, (line) => tell({ kind: 'line', spec, line }))
    running.add(child)
    tell({ kind: 'started', spec })
    let timedOut = false
    const limit = options.timeLimitSeconds
    const timer =
      limit === undefined
        ? undefined
        : setTimeout(() => {
            timedOut = true
            child.end('SIGKILL')
          }, limit * 1000)
    const { code, signal: killedBy, lastWords } = await child.ended
    clearTimeout(timer)
    running.delete(child)
    if (code === 0) return { spec, status: 'done', reason: null, lastWords }
    if (timedOut) return { spec, status: 'failed', reason: `took longer than ${limit} s`, lastWords }
    const reason = killedBy !== null ? `killed by ${killedBy}` : code !== null ? `exit code ${code}` : 'could not be started'
    return { spec, status: interruptedBy === null ? 'failed' : 'cancelled', reason, lastWords }
  }

  const handlers = SIGNALS.map((name) => ({ name, handler: () => interrupt(name) }))
  const onAbort = () => interrupt('abort')
  const onExit = () => endAll('SIGKILL')
  for (const { name, handler } of handlers) process.on(name, handler)
  process.on('exit', onExit)
  signal?.addEventListener('abort', onAbort)
  if (signal?.aborted) onAbort()
  try {
    let next = 0
    const worker = async () => {
      for (let i = next++; i < specs.length; i = next++) {
        const outcome = await runOne(specs[i]!)
        outcomes[i] = outcome
        tell({ kind: 'ended', outcome })
      }
    }
    await Promise.all(Array.from({ length: Math.min(parallel, specs.length) }, worker))
  } finally {
    clearTimeout(killTimer)
    for (const { name, handler } of handlers) process.off(name, handler)
    process.off('exit', onExit)
    signal?.removeEventListener('abort', onAbort)
  }
  const failure = thrown as { readonly error: unknown } | null // assigned inside a callback, which the compiler does not follow
  if (failure !== null) throw failure.error
  return { outcomes, interruptedBy }
}
