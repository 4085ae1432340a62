/** What measure.ts needs, read from a run folder. */
import { RunError } from '../core/errors.js'
import type { Metrics } from '../core/events.js'
import { readJsonLines } from '../record/json-lines.js'
import { readManifest } from '../record/manifest.js'
import { readResult } from '../record/result.js'
import type { RunFolder } from '../record/run-folder.js'
import type { EpisodeRow, RunRecord } from './measure.js'

export interface ReadRun extends RunRecord {
  /** The return that counts as solved, where the environment has one. */
  readonly solvedAt: number | null
}

/** @throws FileError or RunError naming the file that is missing or not what it should be */
export function readRun(folder: Pick<RunFolder, 'files'>): ReadRun {
  const { run } = readManifest(folder)
  return {
    result: readResult(folder),
    episodes: readJsonLines(folder.files.episodes).rows.map((row, i) => episodeRow(row, `${folder.files.episodes}, row ${i + 1}`)),
    metrics: readJsonLines(folder.files.metrics).rows.filter((row) => row['update'] !== undefined) as readonly Metrics[],
    ...(run === null ? {} : { totalSteps: run.totalSteps }),
    solvedAt: run?.solvedAt ?? null,
  }
}

function episodeRow(row: Readonly<Record<string, unknown>>, where: string): EpisodeRow {
  const { step, return: total } = row
  if (typeof step !== 'number' || typeof total !== 'number') throw new RunError(`${where}: expected numbers "step" and "return"`)
  return { step, return: total }
}
