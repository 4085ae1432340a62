/**
 * The run as plain text for pipes, files and CI: Stable-Baselines3's boxed tables (the default), one line per update, or JSON lines.
 * No escape codes and, outside JSON, ASCII only. Tables and lines are rationed by time; the last update is always shown.
 * The layer metrics stay in the run folder's files: with them a table would not fit a screen.
 */
import type { Metrics, RunEvent, RunResult, RunStarted } from '../core/events.js'
import { clean } from './text.js'

export type LogFormat = 'table' | 'line' | 'json'

export interface PlainLogOptions {
  readonly format: LogFormat
  readonly write: (text: string) => void
  /** Monotonic, milliseconds. */
  readonly clock: () => number
  /** Seconds at least between two tables or lines. Default 2. JSON lines are never held back. */
  readonly interval?: number
  /** Only the result at the end. */
  readonly quiet?: boolean
  /** The run folder, for the first and the last line. */
  readonly folder?: string
}

export interface EventLog {
  handle(event: RunEvent): void
}

export function plainLog(options: PlainLogOptions): EventLog {
  return options.format === 'json' ? jsonLog(options) : textLog(options)
}

function textLog({ format, write, clock, interval = 2, quiet = false, folder }: PlainLogOptions): EventLog {
  const show = format === 'table' ? table : line
  let run: RunStarted | null = null
  let held: Metrics | null = null // the newest update, not shown yet
  let evaluation: Metrics = {} // joins the next table
  let shownAt = Number.NEGATIVE_INFINITY
  const flush = (): void => {
    if (held !== null) write(show({ ...held, ...evaluation }, run))
    held = null
    evaluation = {}
    shownAt = clock()
  }
  const handle = (event: RunEvent): void => {
    if (event.kind === 'run-ended') {
      if (!quiet) flush()
      write(summary(event.result, folder))
    } else if (quiet) return
    else if (event.kind === 'run-started') {
      run = event
      write(opening(event, folder))
    } else if (event.kind === 'update') {
      held = event.metrics
      if (clock() - shownAt >= 1000 * interval) flush()
    } else if (event.kind === 'evaluation') {
      evaluation = event.metrics
      const { 'eval/mean_reward': mean = null, 'eval/std_reward': std = null } = event.metrics
      write(`evaluation at step ${event.step}: return ${plain(mean)} +- ${plain(std)} over ${event.returns.length} episodes\n`)
    } else if (event.kind === 'warning') write(`warning at step ${event.step}: ${ascii(event.message)}\n`)
  }
  return { handle }
}

function jsonLog({ write, quiet = false, folder }: PlainLogOptions): EventLog {
  const handle = (event: RunEvent): void => {
    const record = quiet && event.kind !== 'run-ended' ? null : jsonRecord(event, folder)
    if (record !== null) write(`${JSON.stringify({ event: event.kind, step: event.step, ...record })}\n`)
  }
  return { handle }
}

/** What the JSON line of an event holds; recordings and checkpoints without their content, previews and single episodes not at all. */
function jsonRecord(event: RunEvent, folder: string | undefined): object | null {
  const place = folder === undefined ? {} : { folder }
  switch (event.kind) {
    case 'run-started': {
      const { kind: _, ...run } = event
      return { ...run, ...place }
    }
    case 'update':
      return { update: event.update, ...event.metrics }
    case 'evaluation':
      return { ...event.metrics, returns: event.returns, lengths: event.lengths }
    case 'recording': {
      const { episode, return: total, length } = event.recording
      return { reason: event.reason, episode, return: total, length }
    }
    case 'checkpoint':
      return { update: event.update, reason: event.reason }
    case 'warning':
      return { message: event.message }
    case 'run-ended':
      return { ...event.result, ...place }
    case 'episode':
    case 'preview':
      return null
    default:
      return event satisfies never
  }
}

function opening(run: RunStarted, folder: string | undefined): string {
  const from = run.step > 0 ? `, from step ${run.step}` : ''
  const what = `${run.algo.toUpperCase()} on ${run.env}, seed ${run.seed}, ${run.totalSteps} steps in ${run.numEnvs} environments${from}`
  const how = `clip ${run.clip}, backend ${run.computing ?? run.backend}, ${run.parameters} parameters`
  return `${ascii(`${what}; ${how}`)}\n${folder === undefined ? '' : `folder ${clean(folder)}\n`}`
}

function summary(result: RunResult, folder: string | undefined): string {
  const parts = [
    `${result.status}: return ${plain(result.meanReturn100)} (last 100 episodes)`,
    result.evalReturnMean === null ? '' : `evaluation ${plain(result.evalReturnMean)} +- ${plain(result.evalReturnStd)}`,
    `${result.steps} steps, ${result.updates} updates, ${result.episodes} episodes in ${plain(result.seconds)} s`,
    result.stepsPerSecond === null ? '' : `${plain(Math.round(result.stepsPerSecond))} steps/s`,
    folder === undefined ? '' : clean(folder),
  ]
  return `${parts.filter((part) => part !== '').join(', ')}\n`
}

/** Keys in alphabetical order under the heading of their first word. */
function table(metrics: Metrics): string {
  const rows: (readonly [key: string, value: string])[] = []
  let heading = ''
  for (const [name, value] of shown(metrics)) {
    const slash = name.indexOf('/') + 1
    if (slash > 0 && name.slice(0, slash) !== heading) {
      heading = name.slice(0, slash)
      rows.push([heading, ''])
    }
    rows.push([slash > 0 ? `   ${name.slice(slash)}` : name, value])
  }
  const width = (column: 0 | 1) => Math.max(...rows.map((row) => row[column].length), 0)
  const [keys, values] = [width(0), width(1)]
  const rule = '-'.repeat(keys + values + 7)
  return `${[rule, ...rows.map(([key, value]) => `| ${key.padEnd(keys)} | ${value.padEnd(values)} |`), rule].join('\n')}\n`
}

function line(metrics: Metrics, run: RunStarted | null): string {
  const value = (name: string): string => plain(metrics[name] ?? null)
  const tau = metrics['grad/tau']
  const parts = [
    `step ${value('time/total_timesteps')}${run === null ? '' : `/${run.totalSteps}`}`,
    `return ${value('rollout/ep_rew_mean')}`,
    `grad ${value('grad/norm_pre')} -> ${value('grad/norm_post')}`,
    `tau ${tau === null ? NO_LIMIT : plain(tau)}`,
    `clipped ${value('grad/clip_rate')}`,
    `kl ${value('train/approx_kl')}`,
    `entropy ${plain(negative(metrics['train/entropy_loss']))}`,
    `fps ${value('time/fps')}`,
  ]
  return `${parts.join('  ')}\n`
}

const NO_LIMIT = 'no limit'

function shown(metrics: Metrics): (readonly [name: string, value: string])[] {
  return Object.entries(metrics)
    .filter(([name, value]) => !name.startsWith('grad/layer/') && (value !== null || name.endsWith('/tau')))
    .map(([name, value]) => [ascii(name), value === null ? NO_LIMIT : plain(value)] as const)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
}

/** Whole numbers as they are, others with four significant digits. */
function plain(value: number | null | undefined): string {
  if (value === null || value === undefined) return '-'
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)))
}

const negative = (value: number | null | undefined): number | null => (value === null || value === undefined ? null : -value)

const ascii = (text: string): string =>
  clean(text)
    .replace(/τ/g, 'tau')
    .replace(/[^\u0020-\u007e]/g, '?')
