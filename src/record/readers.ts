/**
 * Reads a run folder back: rows, and the events that the dashboard, watch and compare are functions of.
 * A run may still be going on: what is not there yet is absent, and a line without an end is left for the next look.
 */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { RunError } from '../core/errors.js'
import type { EpisodeEnded, Metrics, RunEvent } from '../core/events.js'
import { onDisk } from './disk.js'
import { type LinesRead, readJsonLines } from './json-lines.js'
import { type Manifest, readManifest } from './manifest.js'
import { printable } from './printable.js'
import { readResult } from './result.js'
import type { RunFolder } from './run-folder.js'
import { lockHolder } from './run-lock.js'
import { conform } from './strict-json.js'

type Folder = Pick<RunFolder, 'files'>

export interface UpdateRow {
  readonly step: number
  /** 1 for the first. */
  readonly update: number
  readonly metrics: Metrics
}

export interface EvaluationRow {
  readonly step: number
  readonly returns: readonly number[]
  readonly lengths: readonly number[]
  readonly metrics: Metrics
}

export type EpisodeRow = Omit<EpisodeEnded, 'kind'>

/** Where to read on, and whether the file ends in a torn line. */
export type ReadOn = Pick<LinesRead, 'start' | 'end' | 'torn'>

export interface MetricsRead extends ReadOn {
  readonly updates: readonly UpdateRow[]
  readonly evaluations: readonly EvaluationRow[]
}

export interface EpisodesRead extends ReadOn {
  readonly episodes: readonly EpisodeRow[]
}

const count = z.int().gte(0)
const episodeSchema = z.object({
  step: count,
  episode: count,
  env: count,
  return: z.number(),
  length: count,
  end: z.enum(['terminated', 'truncated']),
}) satisfies z.ZodType<EpisodeRow>
const stepSchema = z.looseObject({ step: count })
const evaluationSchema = z.looseObject({ evaluation: z.literal(true), returns: z.array(z.number()), lengths: z.array(z.number()) })
const updateSchema = z.looseObject({ update: count })

/** @param from byte to begin at: `end` of an earlier call  @throws FileError; RunError naming the line that is wrong */
export function readMetrics(folder: Folder, from = 0): MetricsRead {
  const path = folder.files.metrics
  const read = readJsonLines(path, from)
  const updates: UpdateRow[] = []
  const evaluations: EvaluationRow[] = []
  for (const [i, row] of read.rows.entries()) {
    const where = `${path}, row ${i + 1}`
    const { step, ...rest } = conform(stepSchema, row, where)
    if ('evaluation' in rest) {
      const { evaluation: _, returns, lengths, ...metrics } = conform(evaluationSchema, rest, where)
      evaluations.push({ step, returns, lengths, metrics: numbersOnly(metrics, where) })
    } else {
      const { update, ...metrics } = conform(updateSchema, rest, where)
      updates.push({ step, update, metrics: numbersOnly(metrics, where) })
    }
  }
  return { updates, evaluations, start: read.start, end: read.end, torn: read.torn }
}

/** By hand: a schema takes half the time of reading a long run. */
function numbersOnly(metrics: Readonly<Record<string, unknown>>, where: string): Metrics {
  for (const [name, value] of Object.entries(metrics)) {
    if (value === null || typeof value === 'number') continue
    throw new RunError(`${where}: expected a number or null at "${printable(name)}", found ${printable(JSON.stringify(value))}`)
  }
  return metrics as Metrics
}

/** @param from byte to begin at: `end` of an earlier call  @throws FileError; RunError naming the line that is wrong */
export function readEpisodes(folder: Folder, from = 0): EpisodesRead {
  const path = folder.files.episodes
  const { rows, start, end, torn } = readJsonLines(path, from)
  return { episodes: rows.map((row, i) => conform(episodeSchema, row, `${path}, row ${i + 1}`)), start, end, torn }
}

/** A finished or running run as its events: start, episodes, updates and evaluations by steps, warnings, end. */
export function readEvents(folder: Folder): RunEvent[] {
  const manifest = readManifest(folder)
  const { updates, evaluations } = readMetrics(folder)
  const { episodes } = readEpisodes(folder)
  const middle: RunEvent[] = [
    ...episodes.map((row) => ({ kind: 'episode' as const, ...row })),
    ...updates.map((row) => ({ kind: 'update' as const, ...row })),
    ...evaluations.map((row) => ({ kind: 'evaluation' as const, ...row })),
    ...manifest.warnings.map((warning) => ({ kind: 'warning' as const, ...warning })),
  ]
  const events = middle.sort((a, b) => a.step - b.step)
  if (manifest.run) events.unshift({ kind: 'run-started', ...manifest.run, step: 0 })
  if (existsSync(folder.files.result)) {
    const result = readResult(folder)
    events.push({ kind: 'run-ended', step: result.steps, result })
  }
  return events
}

/** The manifest's status, but 'killed' for a run that says it is running while nobody holds its lock. @param now milliseconds since 1970 */
export function runState(folder: Folder, now: number): Manifest['status'] | 'killed' {
  const { status } = readManifest(folder)
  return status === 'running' && lockHolder(folder.files.lock, now) === null ? 'killed' : status
}

/** Paths of the recordings, by episode. */
export function listRecordings(folder: Folder): { readonly episode: number; readonly path: string }[] {
  const root = folder.files.recordings
  if (!existsSync(root)) return []
  return onDisk('read', root, () => readdirSync(root))
    .flatMap((name) => {
      const match = /^ep-(\d+)\.rec$/.exec(name)
      return match ? [{ episode: Number(match[1]), path: join(root, name) }] : []
    })
    .sort((a, b) => a.episode - b.episode)
}
