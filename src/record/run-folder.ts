/**
 * Run folders: `runs/<env>__<algo>__<seed>__<time>/`. Creating one never touches what exists; finding one accepts `latest`, a name in
 * the folder of runs, or a path. Names are single path parts: nothing that a name says can lead out of the folder of runs.
 */
import { existsSync, mkdirSync, readdirSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, isAbsolute, join, resolve, sep } from 'node:path'
import { RunError, UsageError } from '../core/errors.js'
import { didYouMean } from '../core/suggest.js'
import { isSystemError, onDisk } from './disk.js'
import { readManifest } from './manifest.js'
import { printable } from './printable.js'
import { takeLock } from './run-lock.js'

/** Absolute paths of what a run folder holds. */
export interface RunFiles {
  readonly config: string
  readonly manifest: string
  readonly metrics: string
  readonly episodes: string
  readonly progress: string
  readonly result: string
  readonly lock: string
  /** A folder of `.ckpt` files. */
  readonly checkpoints: string
  /** A folder of `.rec` files. */
  readonly recordings: string
}

export interface RunFolder {
  /** Absolute. */
  readonly path: string
  readonly name: string
  readonly files: RunFiles
  /** Gives back the write lock, if this object holds it; a second call does nothing. */
  release(): void
}

export interface NewRun {
  /** The folder of runs, created if need be: the run gets a name of its own inside. Give this or `runDir`. */
  readonly runsDir?: string
  /** Exactly this folder. */
  readonly runDir?: string
  readonly env: string
  readonly algo: string
  readonly seed: number
  /** Milliseconds since 1970. */
  readonly now: number
}

const MOST_CLASHES = 1000

/**
 * Makes a new, locked run folder. The time in its name is UTC, `YYYYMMDD-HHMMSS`; a name that is taken gets `-2`, `-3`, ….
 * @throws UsageError when `runDir` exists and holds something; FileError when the place cannot be written
 */
export function createRunFolder(run: NewRun): RunFolder {
  const path = run.runDir === undefined ? newFolder(resolve(run.runsDir ?? 'runs'), run) : exactFolder(run.runDir)
  const files = runFiles(path)
  const lock = takeLock(files.lock, run.now)
  onDisk('create', files.checkpoints, () => mkdirSync(files.checkpoints))
  onDisk('create', files.recordings, () => mkdirSync(files.recordings))
  return { path, name: basename(path), files, release: lock.release }
}

/**
 * An existing run folder, to read.
 * @param write take the write lock, to go on with the run: `{ now }` in milliseconds since 1970
 * @throws UsageError when there is no run folder; RunError when another process writes to it
 */
export function openRunFolder(path: string, write?: { readonly now: number }): RunFolder {
  refuseNul(path)
  const absolute = resolve(path)
  const files = runFiles(absolute)
  if (!existsSync(files.manifest)) {
    const found = existsSync(absolute) ? 'found none there' : 'the folder does not exist'
    throw new UsageError(`"${printable(path)}" is no run folder: expected manifest.json in it, ${found}.`)
  }
  const release = write ? takeLock(files.lock, write.now).release : () => {}
  return { path: absolute, name: basename(absolute), files, release }
}

/**
 * The run that a person means: `latest` (the one started last, by its manifest), a name in `runsDir`, or a path.
 * @throws UsageError naming near names when there is none
 */
export function findRun(runsDir: string, which: string): RunFolder {
  refuseNul(which)
  if (which === 'latest') {
    const latest = listRuns(runsDir).at(-1)
    if (!latest) throw new UsageError(`there is no run in "${printable(runsDir)}" yet. Train one, or say where runs are with --runs-dir.`)
    return latest
  }
  if (isName(which) && existsSync(join(runsDir, which, 'manifest.json'))) return openRunFolder(join(runsDir, which))
  if (!isName(which) || existsSync(which)) return openRunFolder(which)
  const names = listRuns(runsDir).map(({ name }) => name)
  throw new UsageError(`there is no run "${printable(which)}" in "${printable(runsDir)}".${didYouMean(which, names)}`)
}

/** Every run folder in `runsDir`, by start, oldest first. Folders without a readable manifest are left out. */
export function listRuns(runsDir: string): RunFolder[] {
  const names = existsSync(runsDir) ? onDisk('read', runsDir, () => readdirSync(runsDir)) : []
  return names
    .flatMap((name) => {
      try {
        const folder = openRunFolder(join(runsDir, name))
        return [{ folder, start: readManifest(folder).start }]
      } catch (error) {
        if (error instanceof UsageError || error instanceof RunError) return []
        throw error
      }
    })
    .sort((a, b) => compare(a.start, b.start) || compare(a.folder.name, b.folder.name))
    .map(({ folder }) => folder)
}

/** `root`/`name`, for a name from a file or a person. @throws UsageError unless it is one plain part that stays inside, links followed */
export function inside(root: string, name: string): string {
  if (!isName(name)) throw new UsageError(`"${printable(name)}" is no name: expected one part of a path, without "/", "\\" or "..".`)
  const path = join(root, name)
  if (existsSync(path) && !`${realpathSync(path)}${sep}`.startsWith(realpathSync(root) + sep)) {
    throw new UsageError(`"${printable(path)}" leads out of "${printable(root)}".`)
  }
  return path
}

/** Where each file of the run folder at `path` is. */
export function runFiles(path: string): RunFiles {
  return {
    config: join(path, 'config.yaml'),
    manifest: join(path, 'manifest.json'),
    metrics: join(path, 'metrics.jsonl'),
    episodes: join(path, 'episodes.jsonl'),
    progress: join(path, 'progress.csv'),
    result: join(path, 'result.json'),
    lock: join(path, 'run.lock'),
    checkpoints: join(path, 'checkpoints'),
    recordings: join(path, 'episodes'),
  }
}

function newFolder(runsDir: string, { env, algo, seed, now }: NewRun): string {
  refuseNul(runsDir)
  onDisk('create', runsDir, () => mkdirSync(runsDir, { recursive: true }))
  const time = new Date(now).toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-')
  const name = [env, algo, seed, time].map(plain).join('__')
  for (let number = 1; number <= MOST_CLASHES; number++) {
    const path = join(runsDir, number === 1 ? name : `${name}-${number}`)
    if (onDisk('create', path, () => madeFolder(path))) return path
  }
  throw new RunError(`"${runsDir}" holds ${MOST_CLASHES} runs named ${name} already. Give this one a folder with --run-dir.`)
}

function exactFolder(runDir: string): string {
  refuseNul(runDir)
  const path = resolve(runDir)
  onDisk('create', dirname(path), () => mkdirSync(dirname(path), { recursive: true }))
  if (!onDisk('create', path, () => madeFolder(path))) {
    const isFolder = onDisk('read', path, () => statSync(path).isDirectory())
    if (!isFolder || onDisk('read', path, () => readdirSync(path)).length > 0) {
      const what = isFolder ? 'is not empty' : 'is a file'
      throw new UsageError(`--run-dir "${printable(runDir)}" exists and ${what}, and no run is ever overwritten. Choose a new folder.`)
    }
  }
  return path
}

/** @returns false when the name is taken */
function madeFolder(path: string): boolean {
  try {
    mkdirSync(path)
    return true
  } catch (error) {
    if (isSystemError(error, 'EEXIST')) return false
    throw error
  }
}

/** As part of a folder's name: 'ALE/Pong-v5' → 'ALE-Pong-v5'. */
function plain(part: string | number): string {
  return (
    String(part)
      .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
      .replace(/^\.+/, '')
      .slice(0, 80) || 'unnamed'
  )
}

function isName(text: string): boolean {
  return text !== '' && text !== '.' && text !== '..' && !/[/\\\0]/.test(text) && !isAbsolute(text)
}

function refuseNul(path: string): void {
  if (path.includes('\0')) throw new UsageError(`"${printable(path)}" is no path: it holds a NUL character.`)
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
