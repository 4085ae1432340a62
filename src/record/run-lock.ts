/**
 * One writer per run folder: `run.lock` is created with O_EXCL and says who holds it. A lock whose process is gone is taken over;
 * whether a process on another machine lives cannot be known here, so its lock counts.
 */
import { closeSync, constants, linkSync, openSync, readFileSync, renameSync, unlinkSync, writeSync } from 'node:fs'
import { hostname } from 'node:os'
import { z } from 'zod'
import { RunError } from '../core/errors.js'
import { isSystemError, onDisk } from './disk.js'
import { conform, parseJson } from './strict-json.js'

const holderSchema = z.object({ pid: z.int().gte(1), host: z.string(), start: z.number() })

/** `start`: when the lock was taken, milliseconds since 1970. */
export type LockHolder = z.output<typeof holderSchema>

export interface RunLock {
  /** Gives the lock back; a second call does nothing. */
  release(): void
}

/** @param now milliseconds since 1970  @throws RunError when another process holds the lock; FileError */
export function takeLock(path: string, now: number): RunLock {
  const mine = `${JSON.stringify({ pid: process.pid, host: hostname(), start: now } satisfies LockHolder)}\n`
  if (!create(path, mine)) {
    const found = readIfThere(path)
    const holder = found === null ? null : parseHolder(found, path)
    if (holder !== null && isAlive(holder, now)) throw new RunError(heldBy(holder, path))
    if (found !== null) setAside(path, found)
    if (!create(path, mine)) throw new RunError(`${path}: another process took the folder at the same moment. Give each run its own.`)
  }
  return {
    release() {
      if (readIfThere(path) === mine) onDisk('remove', path, () => unlinkSync(path))
    },
  }
}

/** Who holds the lock at `path`, or null when nobody does or its process is gone. @param now milliseconds since 1970 */
export function lockHolder(path: string, now: number): LockHolder | null {
  const found = readIfThere(path)
  if (found === null) return null
  const holder = parseHolder(found, path)
  return isAlive(holder, now) ? holder : null
}

function create(path: string, content: string): boolean {
  return onDisk('write', path, () => {
    let file: number
    try {
      file = openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL)
    } catch (error) {
      if (isSystemError(error, 'EEXIST')) return false
      throw error
    }
    try {
      writeSync(file, content)
      return true
    } catch (error) {
      unlinkSync(path)
      throw error
    } finally {
      closeSync(file)
    }
  })
}

/** Moves a dead process's lock away, unless another process has replaced it since we read it. */
function setAside(path: string, found: string): void {
  const aside = `${path}.${process.pid}.stale`
  onDisk('write', path, () => {
    try {
      renameSync(path, aside)
    } catch (error) {
      if (isSystemError(error, 'ENOENT')) return
      throw error
    }
    try {
      if (readFileSync(aside, 'utf8') !== found) linkSync(aside, path)
    } finally {
      unlinkSync(aside)
    }
  })
}

function isAlive({ pid, host, start }: LockHolder, now: number): boolean {
  if (host !== hostname()) return true
  // The system gives numbers of dead processes to new ones (in a container, always the same few): an older lock with our number is not ours.
  if (pid === process.pid) return start >= now - process.uptime() * 1000 - 1000
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return isSystemError(error, 'EPERM')
  }
}

function heldBy({ pid, host, start }: LockHolder, path: string): string {
  const since = Number.isFinite(start) && Math.abs(start) < 8e15 ? new Date(start).toISOString() : 'an unknown time'
  return `${path}: process ${pid} on ${host} has been writing to this folder since ${since}. Wait for it, or choose another folder; if that process is no run of this program, delete the lock file.`
}

function parseHolder(text: string, path: string): LockHolder {
  try {
    return conform(holderSchema, parseJson(text, path), path)
  } catch {
    throw new RunError(`${path}: the lock file says nothing readable. If no other process writes to this folder, delete it.`)
  }
}

function readIfThere(path: string): string | null {
  return onDisk('read', path, () => {
    try {
      return readFileSync(path, 'utf8')
    } catch (error) {
      if (isSystemError(error, 'ENOENT')) return null
      throw error
    }
  })
}
