/**
 * The comparison folder: `comparisons/<name>/` with `runs/`, `settings.json`, a lock, and the reports.
 *
 * Finished runs are kept and reused only under the very settings they were made with, so `settings.json` holds the flags that all runs
 * share, and other flags need another folder. Remains of unfinished runs are moved to `unfinished/`; nothing is deleted.
 */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, renameSync } from 'node:fs'
import { basename, join } from 'node:path'
import { z } from 'zod'
import { RunError, UsageError } from '../core/errors.js'
import { writeAtomically } from '../record/atomic-file.js'
import { onDisk } from '../record/disk.js'
import { readResult } from '../record/result.js'
import { type RunFolder, runFiles } from '../record/run-folder.js'
import { lockHolder, type RunLock, takeLock } from '../record/run-lock.js'
import { conform, parseJson, readText } from '../record/strict-json.js'
import { type RunSpec, runsFolder } from './grid.js'

/** Where the reports of a comparison lie. */
export const comparisonFiles = (folder: string) => ({
  settings: join(folder, 'settings.json'),
  lock: join(folder, 'compare.lock'),
  /** Everything below in one JSON file. */
  comparison: join(folder, 'comparison.json'),
  /** One row per run. */
  runs: join(folder, 'runs.csv'),
  /** One row per clip rule. */
  rules: join(folder, 'rules.csv'),
  /** One row per rule and measure compared with the baseline. */
  differences: join(folder, 'differences.csv'),
  report: join(folder, 'report.md'),
})

const settingsSchema = z.object({ format: z.literal(1), args: z.array(z.string()) })

/** A folder's name for these environments and shared flags: the same for the same request, so that asking again goes on. */
export function comparisonName(envs: readonly string[], args: readonly string[]): string {
  const tasks = envs.join('+').replaceAll(/[^A-Za-z0-9.+_-]/g, '-')
  return args.length === 0 ? tasks : `${tasks}-${createHash('sha256').update(JSON.stringify(args)).digest('hex').slice(0, 8)}`
}

/**
 * Makes or opens a comparison folder and takes its lock.
 * @param now milliseconds since 1970
 * @throws UsageError when it was made with other settings or holds something else; RunError when another comparison is at work there
 */
export function openComparison(folder: string, args: readonly string[], now: number): RunLock {
  const files = comparisonFiles(folder)
  onDisk('create', folder, () => mkdirSync(folder, { recursive: true }))
  if (!existsSync(files.settings) && onDisk('read', folder, () => readdirSync(folder)).length > 0 && !existsSync(files.lock)) {
    throw new UsageError(`"${folder}" exists and is no comparison (it has no settings.json). Choose another name.`)
  }
  const lock = takeLock(files.lock, now)
  try {
    if (existsSync(files.settings)) refuseOtherSettings(files.settings, folder, args)
    else writeAtomically(files.settings, `${JSON.stringify({ format: 1, args }, null, 2)}\n`)
    onDisk('create', runsFolder(folder), () => mkdirSync(runsFolder(folder), { recursive: true }))
  } catch (error) {
    lock.release()
    throw error
  }
  return lock
}

/** `finished`: a result that counts. `unfinished`: something is there that does not. */
export type SpecState = 'new' | 'finished' | 'unfinished'

/**
 * @param now milliseconds since 1970
 * @throws UsageError when the folder holds a finished run of another seed; RunError when a process is writing to it
 */
export function specState(spec: RunSpec, now: number): SpecState {
  const folder = runFolder(spec)
  if (!existsSync(spec.folder) || onDisk('read', spec.folder, () => readdirSync(spec.folder)).length === 0) return 'new'
  if (lockHolder(folder.files.lock, now) !== null) {
    throw new RunError(`"${spec.folder}" is being written to by another process. Wait for it or end it, then compare again.`)
  }
  if (!existsSync(folder.files.result)) return 'unfinished'
  const result = readResult(folder)
  if (result.seed !== spec.seed) {
    throw new UsageError(
      `"${spec.folder}" holds a run with seed ${result.seed}, expected ${spec.seed}. Move it away or choose another name.`,
    )
  }
  return result.status === 'done' || result.status === 'solved' ? 'finished' : 'unfinished'
}

/** Moves what an unfinished run left to `unfinished/<run>-<k>`. @returns where to */
export function setAside(comparison: string, spec: RunSpec): string {
  const unfinished = join(comparison, 'unfinished')
  return onDisk('move away', spec.folder, () => {
    mkdirSync(unfinished, { recursive: true })
    let k = 1
    while (existsSync(join(unfinished, `${spec.name}-${k}`))) k++
    const target = join(unfinished, `${spec.name}-${k}`)
    renameSync(spec.folder, target)
    return target
  })
}

/** The run folder of a spec, to read; it need not exist yet. */
export function runFolder(spec: RunSpec): Pick<RunFolder, 'path' | 'name' | 'files'> {
  return { path: spec.folder, name: basename(spec.folder), files: runFiles(spec.folder) }
}

function refuseOtherSettings(path: string, folder: string, args: readonly string[]): void {
  const before = conform(settingsSchema, parseJson(readText(path), path), path).args
  if (JSON.stringify(before) === JSON.stringify(args)) return
  const shown = (list: readonly string[]) => (list.length === 0 ? 'no flags' : `"${list.join(' ')}"`)
  throw new UsageError(
    `"${folder}" holds runs made with ${shown(before)}, now asked for with ${shown(args)}: they would not be comparable. Choose another name.`,
  )
}
