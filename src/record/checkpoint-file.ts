/**
 * `checkpoints/*.ckpt`: a snapshot of the learner and the loop, with the lengths of the logs at that moment, so that a run that goes on
 * from it can cut them back and no row stands twice.
 *
 * Files: `step-000002048.ckpt` (periodic, or the run was interrupted), `best.ckpt`, `final.ckpt`. Which one is latest is decided by what
 * is inside, never by a name or a date, and only among files that are whole: a damaged one is passed over with a warning.
 */
import { existsSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { z } from 'zod'
import type { Bundle } from '../core/bundle.js'
import { RunError, UsageError } from '../core/errors.js'
import type { CheckpointReady } from '../core/events.js'
import type { JsonObject } from '../core/json.js'
import { didYouMean } from '../core/suggest.js'
import { readBundle, writeBundle } from './bundle-file.js'
import { type Disk, nodeDisk, onDisk } from './disk.js'
import { inside, type RunFolder } from './run-folder.js'
import { anyJsonObject, conform } from './strict-json.js'

/** Bytes of the line files when the checkpoint was made. */
export interface LogLengths {
  readonly metrics: number
  readonly episodes: number
}

export interface Checkpoint {
  readonly path: string
  readonly step: number
  readonly update: number
  readonly reason: CheckpointReady['reason']
  readonly logs: LogLengths
  readonly snapshot: Bundle
}

const bytes = z.int().gte(0)
const headerSchema = z.strictObject({
  kind: z.literal('tau-rl checkpoint', { error: 'expected a checkpoint' }),
  step: bytes,
  update: bytes,
  reason: z.enum(['periodic', 'best', 'final', 'interrupted']),
  logs: z.strictObject({ metrics: bytes, episodes: bytes }),
  snapshot: anyJsonObject,
})

const EXTENSION = '.ckpt'

/** 'step-000002048.ckpt', 'best.ckpt', 'final.ckpt'. */
export function checkpointName({ reason, step }: Pick<Checkpoint, 'reason' | 'step'>): string {
  return `${reason === 'best' || reason === 'final' ? reason : `step-${String(step).padStart(9, '0')}`}${EXTENSION}`
}

/** @returns the path  @throws FileError; RunError when a number is not finite: such weights are never kept */
export function writeCheckpoint(folder: string, checkpoint: Omit<Checkpoint, 'path'>, disk: Disk = nodeDisk): string {
  const { step, update, reason, logs, snapshot } = checkpoint
  const path = join(folder, checkpointName(checkpoint))
  refuseNonFinite(snapshot, path)
  const header: JsonObject = { kind: 'tau-rl checkpoint', step, update, reason, logs: { ...logs }, snapshot: snapshot.header }
  writeBundle(path, { header, arrays: snapshot.arrays }, disk)
  return path
}

/** @throws FileError; RunError when the file is damaged or no checkpoint */
export function readCheckpoint(path: string): Checkpoint {
  const bundle = readBundle(path)
  const { step, update, reason, logs, snapshot } = conform(headerSchema, bundle.header, path)
  const content: Bundle = { header: snapshot, arrays: bundle.arrays }
  refuseNonFinite(content, path)
  return { path, step, update, reason, logs, snapshot: content }
}

export interface FoundCheckpoint {
  readonly checkpoint: Checkpoint
  /** One line for each damaged file that was passed over. */
  readonly warnings: readonly string[]
}

/**
 * @param which 'latest' (most steps), 'best', 'final', or a file's name with or without `.ckpt`
 * @throws UsageError when there is none; RunError when there are some and none can be read
 */
export function findCheckpoint(folder: Pick<RunFolder, 'path' | 'files'>, which = 'latest'): FoundCheckpoint {
  const root = folder.files.checkpoints
  const names = checkpointNames(root)
  if (names.length === 0) throw new UsageError(`there is no checkpoint in "${root}".`)
  if (which !== 'latest') {
    const name = which.endsWith(EXTENSION) ? which : `${which}${EXTENSION}`
    const path = inside(root, name)
    if (!names.includes(name)) throw new UsageError(`there is no checkpoint "${name}" in "${root}".${didYouMean(name, names)}`)
    return { checkpoint: readCheckpoint(path), warnings: [] }
  }
  const warnings: string[] = []
  let latest: Checkpoint | null = null
  for (const name of names) {
    try {
      const found = readCheckpoint(join(root, name))
      if (latest === null || found.step > latest.step || (found.step === latest.step && found.reason === 'final')) latest = found
    } catch (error) {
      if (!(error instanceof RunError)) throw error
      warnings.push(error.message)
    }
  }
  if (latest === null) throw new RunError(`no checkpoint in "${root}" can be read: ${warnings.join('; ')}`)
  return { checkpoint: latest, warnings }
}

/** Names of the checkpoint files in `root`, sorted; temporaries are none. */
export function checkpointNames(root: string): string[] {
  if (!existsSync(root)) return []
  return onDisk('read', root, () => readdirSync(root))
    .map((name) => basename(name))
    .filter((name) => name.endsWith(EXTENSION) && !name.startsWith('.'))
    .sort()
}

function refuseNonFinite({ arrays }: Bundle, path: string): void {
  for (const [name, array] of Object.entries(arrays)) {
    if (!(array instanceof Float32Array || array instanceof Float64Array)) continue
    const at = array.findIndex((value) => !Number.isFinite(value))
    if (at >= 0) throw new RunError(`${path}: expected finite numbers, found ${array[at]} in "${name}" at ${at}`)
  }
}
