/**
 * The few file operations that writers need, as an object, so that a test can hand in a disk that is full or breaks half-way.
 * Errors come out as `FileError`: what was tried, on which path, why in words, and the system's code.
 */
import { closeSync, fsyncSync, ftruncateSync, openSync, renameSync, unlinkSync, writeSync } from 'node:fs'
import { getSystemErrorMap } from 'node:util'
import { RunError } from '../core/errors.js'

export interface Disk {
  /** Creates with permissions 0666 less the umask. */
  open(path: string, flags: number): number
  /** Writes `bytes` at byte `at` of the file; may write fewer than asked. @returns bytes written */
  write(file: number, bytes: Uint8Array, at: number): number
  truncate(file: number, length: number): void
  /** Returns once the file's bytes are on the medium. */
  sync(file: number): void
  close(file: number): void
  rename(from: string, to: string): void
  remove(path: string): void
}

export const nodeDisk: Disk = {
  open: (path, flags) => openSync(path, flags, 0o666),
  write: (file, bytes, at) => writeSync(file, bytes, 0, bytes.length, at),
  truncate: ftruncateSync,
  sync: fsyncSync,
  close: closeSync,
  rename: renameSync,
  remove: unlinkSync,
}

/** A file could not be read or written: the disk's fault, not the program's. */
export class FileError extends RunError {
  readonly path: string
  /** 'ENOSPC', 'EACCES', … */
  readonly code: string

  constructor(action: string, path: string, cause: NodeJS.ErrnoException) {
    super(`cannot ${action} "${path}": ${inWords(cause)}`, { cause })
    this.path = path
    this.code = cause.code ?? ''
  }
}

/** Runs `work`; an error of the operating system becomes a FileError: 'cannot write "a/b": no space left on device (ENOSPC)'. */
export function onDisk<T>(action: string, path: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw isSystemError(error) ? new FileError(action, path, error) : error
  }
}

/** True for errors that come from the operating system; with `code`, only for that one. */
export function isSystemError(error: unknown, code?: string): error is NodeJS.ErrnoException {
  if (!(error instanceof Error)) return false
  const { syscall, code: found } = error as NodeJS.ErrnoException
  return typeof found === 'string' && (typeof syscall === 'string' || found.startsWith('ERR_FS_')) && (code === undefined || code === found)
}

/** Writes all of `bytes` at `at`, however many calls that takes. */
export function writeAll(disk: Disk, file: number, bytes: Uint8Array, at: number): void {
  for (let done = 0; done < bytes.length; ) {
    const written = disk.write(file, bytes.subarray(done), at + done)
    if (written <= 0) throw Object.assign(new Error('the disk took no more bytes'), { code: 'EIO', syscall: 'write' })
    done += written
  }
}

function inWords(error: NodeJS.ErrnoException): string {
  const words = error.errno === undefined ? undefined : getSystemErrorMap().get(error.errno)?.[1]
  return words ? `${words} (${error.code})` : error.message
}
