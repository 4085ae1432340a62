/**
 * What the dashboard knows about a run: a pure reduction of its events, in bounded memory, from which every panel is drawn.
 * Events may come in any order and with any numbers (a finished run's files, a run that went on after a break): nothing here throws.
 */
import type { Drawing } from '../../envs/canvas/canvas.js'
import type { EpisodeEnded, EvaluationDone, RunEvent, RunResult, RunStarted, UpdateDone } from '../core/events.js'
import { number } from './numbers.js'
import { EMPTY_SERIES, isEmpty, push, type Series } from './series.js'
import { clean } from './text.js'

export interface DashboardState {
  readonly run: RunStarted | null
  /** Environment steps so far. */
  readonly step: number
  /** Where the curves begin: above 0 when the run went on from a checkpoint and its past was not told. */
  readonly from: number
  readonly updates: number
  readonly episodes: number
  /** Seconds of this process when the newest update ended; null before. */
  readonly seconds: number | null
  /** Steps when it ended. */
  readonly updateStep: number
  /** Steps per second: over the process, and over the last updates. */
  readonly speed: { readonly mean: number | null; readonly now: number | null }
  /** Return of every episode. */
  readonly returns: Series
  /** Mean return of the last 100 episodes, after every episode. */
  readonly means: Series
  /** The last returns, oldest first, at most 100. */
  readonly recent: readonly number[]
  readonly bestReturn: number | null
  readonly bestMean: number | null
  /** Mean return of every evaluation. */
  readonly evaluations: Series
  readonly evaluation: Evaluation | null
  /** The metrics whose course is shown, over the run. */
  readonly metrics: Readonly<Record<string, Series>>
  /** The newest word on every metric: null = no number, or for τ no limit. */
  readonly latest: Readonly<Record<string, number | null>>
  /** Names of the clip groups and layers that the metrics speak of, in their order of appearance. */
  readonly groups: readonly string[]
  readonly layers: readonly string[]
  readonly drawing: Drawing | null
  /** Oldest first, at most 50. */
  readonly log: readonly LogEntry[]
  readonly result: RunResult | null
}

export interface Evaluation {
  readonly step: number
  readonly mean: number | null
  readonly std: number | null
  readonly episodes: number
}

export interface LogEntry {
  readonly step: number
  readonly level: 'note' | 'good' | 'warning'
  readonly message: string
  /** How often it came in a row. */
  readonly times: number
}

const RECENT = 100
const LOG_ENTRIES = 50
/** A run reports some 60 metrics; a broken source of names must not fill the memory. */
const METRIC_NAMES = 400
const NAME_LENGTH = 80
/** Of the others the newest value is enough. */
const WITH_HISTORY = /^(?:train\/|grad\/(?!layer\/)|rollout\/ep_len_mean$|memory\/tensors$)/

export function initialState(): DashboardState {
  return {
    run: null,
    step: 0,
    from: 0,
    updates: 0,
    episodes: 0,
    seconds: null,
    updateStep: 0,
    speed: { mean: null, now: null },
    returns: EMPTY_SERIES,
    means: EMPTY_SERIES,
    recent: [],
    bestReturn: null,
    bestMean: null,
    evaluations: EMPTY_SERIES,
    evaluation: null,
    metrics: {},
    latest: {},
    groups: [],
    layers: [],
    drawing: null,
    log: [],
    result: null,
  }
}

/** The state after `event`. */
export function reduce(state: DashboardState, event: RunEvent): DashboardState {
  const known = Number.isFinite(event.step)
  const at = {
    ...state,
    step: known ? Math.max(state.step, event.step) : state.step,
    from: known ? Math.min(state.from, event.step) : state.from,
  }
  switch (event.kind) {
    case 'run-started':
      return { ...at, run: cleanRun(event), from: known ? event.step : 0 }
    case 'episode':
      return episodeEnded(at, event)
    case 'update':
      return updateDone(at, event)
    case 'evaluation':
      return evaluationDone(at, event)
    case 'recording':
      return note(at, event.step, 'note', `episode ${event.recording.episode} recorded, return ${number(event.recording.return)}`)
    case 'checkpoint':
      return note(at, event.step, 'note', `checkpoint (${event.reason})`)
    case 'preview':
      return { ...at, drawing: event.drawing }
    case 'warning':
      return note(at, event.step, 'warning', event.message)
    case 'run-ended':
      return note({ ...at, result: event.result }, event.step, 'note', `run ${event.result.status}`)
    default:
      return event satisfies never
  }
}

function episodeEnded(state: DashboardState, event: EpisodeEnded): DashboardState {
  const episodes = Math.max(state.episodes, event.episode)
  if (!Number.isFinite(event.return)) return { ...state, episodes }
  const recent = [...(state.recent.length < RECENT ? state.recent : state.recent.slice(1)), event.return]
  const mean = recent.reduce((sum, value) => sum + value / recent.length, 0)
  const next: DashboardState = {
    ...state,
    episodes,
    recent,
    returns: push(state.returns, event.step, event.return),
    means: push(state.means, event.step, mean),
    bestReturn: Math.max(state.bestReturn ?? event.return, event.return),
  }
  return recent.length < RECENT ? next : withMean(next, mean)
}

/** The best mean, and the line in the log when it first counts as solved; only whole windows of 100 episodes count. */
function withMean(state: DashboardState, mean: number): DashboardState {
  const bestMean = Math.max(state.bestMean ?? mean, mean)
  const solvedAt = state.run?.solvedAt ?? null
  const solved = solvedAt !== null && mean >= solvedAt && (state.bestMean === null || state.bestMean < solvedAt)
  const next = { ...state, bestMean }
  return solved ? note(next, state.step, 'good', `solved: mean ${number(mean)} ≥ ${number(solvedAt)}`) : next
}

function updateDone(state: DashboardState, event: UpdateDone): DashboardState {
  const metrics: Record<string, Series> = { ...state.metrics }
  const latest: Record<string, number | null> = { ...state.latest }
  const groups = [...state.groups]
  const layers = [...state.layers]
  let names = Object.keys(latest).length
  for (const [name, value] of Object.entries(event.metrics)) {
    if (!Object.hasOwn(latest, name)) {
      if (names >= METRIC_NAMES || name.length > NAME_LENGTH || name === '__proto__') continue
      names++
      addFamily(groups, name, 'grad/group/')
      addFamily(layers, name, 'grad/layer/')
    }
    latest[name] = value !== null && Number.isFinite(value) ? value : null
    if (value !== null && WITH_HISTORY.test(name)) metrics[name] = push(metrics[name] ?? EMPTY_SERIES, event.step, value)
  }
  const mean = latest['rollout/ep_rew_mean'] ?? null
  return {
    ...state,
    updates: Math.max(state.updates, event.update),
    episodes: Math.max(state.episodes, latest['rollout/episodes'] ?? 0),
    seconds: latest['time/time_elapsed'] ?? state.seconds,
    updateStep: event.step,
    speed: { mean: latest['time/fps'] ?? state.speed.mean, now: speedNow(state, event) },
    // A source without episodes still has a curve.
    means: isEmpty(state.returns) && mean !== null ? push(state.means, event.step, mean) : state.means,
    metrics,
    latest,
    groups,
    layers,
  }
}

/** Steps per second since the update before, half new and half old: quick to follow, calm enough to read. */
function speedNow(state: DashboardState, event: UpdateDone): number | null {
  const seconds = event.metrics['time/time_elapsed'] ?? null
  if (seconds === null || state.seconds === null || seconds <= state.seconds || event.step <= state.updateStep) return state.speed.now
  const speed = (event.step - state.updateStep) / (seconds - state.seconds)
  if (!Number.isFinite(speed)) return state.speed.now
  return state.speed.now === null ? speed : 0.5 * state.speed.now + 0.5 * speed
}

function evaluationDone(state: DashboardState, event: EvaluationDone): DashboardState {
  const mean = finite(event.metrics['eval/mean_reward'])
  const std = finite(event.metrics['eval/std_reward'])
  const evaluation = { step: event.step, mean, std, episodes: event.returns.length }
  const next = { ...state, evaluation, evaluations: mean === null ? state.evaluations : push(state.evaluations, event.step, mean) }
  return note(next, event.step, 'note', `evaluation ${number(mean)} ± ${number(std)}`)
}

function note(state: DashboardState, step: number, level: LogEntry['level'], message: string): DashboardState {
  const text = clean(message).slice(0, 300)
  const newest = state.log.at(-1)
  if (newest?.message === text && newest.level === level) {
    return { ...state, log: [...state.log.slice(0, -1), { ...newest, step, times: newest.times + 1 }] }
  }
  return { ...state, log: [...state.log.slice(-LOG_ENTRIES + 1), { step, level, message: text, times: 1 }] }
}

/** 'grad/group/actor/tau' adds 'actor' to the groups. */
function addFamily(names: string[], metric: string, prefix: string): void {
  if (!metric.startsWith(prefix)) return
  const name = metric.slice(prefix.length, metric.lastIndexOf('/'))
  if (name.length > 0 && !names.includes(name)) names.push(name)
}

function cleanRun(run: RunStarted): RunStarted {
  const short = (text: string) => clean(text).slice(0, NAME_LENGTH)
  return {
    ...run,
    env: short(run.env),
    algo: short(run.algo),
    vectorization: short(run.vectorization),
    backend: short(run.backend),
    clip: short(run.clip),
  }
}

const finite = (value: number | null | undefined): number | null => (typeof value === 'number' && Number.isFinite(value) ? value : null)
