/** What measure.ts needs, read from a run folder. */
import { readManifest } from '../record/manifest.js'
import { readEpisodes, readMetrics } from '../record/readers.js'
import { readResult } from '../record/result.js'
import type { RunFolder } from '../record/run-folder.js'
import type { RunRecord } from './measure.js'

export interface ReadRun extends RunRecord {
  /** The return that counts as solved, where the environment has one. */
  readonly solvedAt: number | null
}

/** @throws FileError or RunError naming the file that is missing or not what it should be */
export function readRun(folder: Pick<RunFolder, 'files'>): ReadRun {
  const { run } = readManifest(folder)
  return {
    result: readResult(folder),
    episodes: readEpisodes(folder).episodes,
    metrics: readMetrics(folder).updates.map(({ metrics }) => metrics),
    ...(run === null ? {} : { totalSteps: run.totalSteps }),
    solvedAt: run?.solvedAt ?? null,
  }
}
