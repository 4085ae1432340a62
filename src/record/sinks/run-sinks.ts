/**
 * Everything that a run leaves in its folder, as one sink. Opening is strict: a folder that cannot be written is an error before the
 * first step. After that the disk may fail while training goes on; `failures` says at the end what is missing.
 */
import { existsSync } from 'node:fs'
import type { RunConfig } from '../../core/config/schema.js'
import { removeTemporaries } from '../atomic-file.js'
import type { Checkpoint } from '../checkpoint-file.js'
import { type Disk, nodeDisk } from '../disk.js'
import { isoTime, newManifest, readManifest } from '../manifest.js'
import { readMetrics } from '../readers.js'
import { writeConfig } from '../run-config.js'
import type { RunFolder } from '../run-folder.js'
import { checkpoints, removeLaterCheckpoints } from './checkpoints.js'
import { episodesJsonl } from './episodes-jsonl.js'
import { metricsJsonl } from './metrics-jsonl.js'
import { type ProgressRow, progressCsv } from './progress-csv.js'
import { recordings } from './recordings.js'
import { failSoft, type Sink } from './sink.js'
import { summary } from './summary.js'
import { tensorboard } from './tensorboard.js'

const LONGEST_WAIT = 200 // ms between two writes where updates follow each other faster: a small network makes hundreds of them a second

export interface RunSinksOptions {
  /** As resolved; goes into config.yaml. */
  readonly config: RunConfig
  readonly argv: readonly string[]
  /** Package → version, for the manifest. */
  readonly versions: Readonly<Record<string, string>>
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Told once when the disk refuses something, and once when it works again. */
  readonly warn: (message: string) => void
  /** Go on after this checkpoint: the logs are cut back to it. */
  readonly resume?: Pick<Checkpoint, 'step' | 'logs'>
  /** `step-….ckpt` files kept. Default 3. */
  readonly keepCheckpoints?: number
  /** Default true. */
  readonly tensorboard?: boolean
  readonly disk?: Disk
}

export interface RunSinks extends Sink {
  /** The run cannot go on: `close` writes status 'failed' and the reason. */
  fail(reason: string): void
  /** What is not written in the end, one line each; ask after `close`. Not empty: the process should not exit with 0. */
  failures(): readonly string[]
}

/**
 * Opens all sinks of a run. `close` also gives the folder's lock back.
 * @throws FileError when the folder cannot be written
 */
export function runSinks(folder: RunFolder, options: RunSinksOptions): RunSinks {
  const { now, resume } = options
  const disk = options.disk ?? nodeDisk
  const soft = failSoft(options.warn)
  let writtenAt = Number.NEGATIVE_INFINITY
  let waits = false
  const common = { attempt: soft.attempt, disk, mayWait: () => waits }
  const { files } = folder
  for (const place of [folder.path, files.checkpoints, files.recordings]) removeTemporaries(place, disk)

  writeConfig(files.config, options.config, disk)
  if (resume) {
    if (existsSync(files.result)) disk.remove(files.result)
    for (const name of removeLaterCheckpoints(files.checkpoints, resume.step, disk)) {
      options.warn(`removed checkpoint ${name}: it is later than step ${resume.step}, from which the run goes on.`)
    }
  }
  const manifest = resume ? resumed(folder, resume.step, now()) : newManifest({ ...options, now: now() })
  const about = summary(files, manifest, { ...common, now })
  const metrics = metricsJsonl(files.metrics, resume?.logs.metrics ?? 0, common)
  const episodes = episodesJsonl(files.episodes, resume?.logs.episodes ?? 0, common)
  const sinks: readonly Sink[] = [
    about,
    metrics,
    episodes,
    progressCsv(files.progress, resume ? earlierRows(folder) : [], common),
    ...((options.tensorboard ?? true) ? [tensorboard(folder.path, { ...common, now, ...(resume && { resumeAfter: resume.step }) })] : []),
    recordings(files.recordings, common),
    checkpoints(files.checkpoints, {
      ...common,
      ...(options.keepCheckpoints !== undefined && { keep: options.keepCheckpoints }),
      logs: () => ({ metrics: metrics.sync(), episodes: episodes.sync() }),
    }),
  ]

  return {
    async handle(event) {
      waits = event.kind === 'update' && Math.abs(now() - writtenAt) < LONGEST_WAIT
      if (event.kind === 'update' && !waits) writtenAt = now()
      for (const sink of sinks) {
        const waiting = sink.handle(event)
        if (waiting) await waiting // of thousands of events a second hardly one has anything to wait for
      }
    },
    async close() {
      for (const sink of sinks) await sink.close()
      folder.release()
    },
    fail: about.fail,
    failures: soft.failures,
  }
}

function resumed(folder: RunFolder, step: number, now: number) {
  const earlier = readManifest(folder)
  return {
    ...earlier,
    status: 'running' as const,
    end: null,
    error: null,
    pid: process.pid,
    resumed: [...earlier.resumed, { time: isoTime(now), step }],
  }
}

function earlierRows(folder: RunFolder): ProgressRow[] {
  const { updates, evaluations } = readMetrics(folder)
  return [...updates, ...evaluations.map(({ step, metrics }) => ({ step, update: null, metrics }))].sort((a, b) => a.step - b.step)
}
