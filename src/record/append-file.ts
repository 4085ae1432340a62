/**
 * A file that only grows, and survives a full disk: what could not be written stays in memory and is tried again with the next flush.
 *
 * Key idea: every write names its byte position, so a half-written piece is simply written over by the next try, and at any moment the
 * file is a prefix of what was appended, perhaps with a torn end.
 */
import { constants, statSync } from 'node:fs'
import { type Disk, isSystemError, nodeDisk, onDisk, writeAll } from './disk.js'

const MOST_WAITING = 32 * 2 ** 20 // bytes held in memory while the disk is full
const USUAL = 2 ** 16 // bytes: a flush of no more is put together in memory that is kept

export interface AppendFile {
  readonly path: string
  /** Bytes of the file once everything appended is written. */
  readonly size: number
  /** Takes `content` to be written by the next flush. When 32 MiB wait already, `content` is lost; `close` says so. */
  append(content: Uint8Array | string): void
  /** Writes what waits. @throws FileError when the disk refuses; nothing is lost then */
  flush(): void
  /** Flushes, and returns once all of it is on the medium. */
  sync(): void
  /** Flushes and closes; a second call does nothing. @throws FileError when something could not be written in the end */
  close(): void
}

export interface AppendOptions {
  /** Bytes of an existing file to keep; the rest is cut off. Default: all. */
  readonly keep?: number
  readonly disk?: Disk
}

/** Opens `path` for appending, creating it if need be. @throws FileError */
export function openAppendFile(path: string, options: AppendOptions = {}): AppendFile {
  const disk = options.disk ?? nodeDisk
  const file = onDisk('write', path, () => disk.open(path, constants.O_RDWR | constants.O_CREAT))
  let written = onDisk('write', path, () => {
    const size = statSync(path).size
    const keep = Math.min(options.keep ?? size, size)
    if (keep < size) disk.truncate(file, keep)
    return keep
  })
  let waiting: (Uint8Array | string)[] = []
  let waitingBytes = 0
  let lost = 0
  let open = true

  function flush(): void {
    if (waiting.length === 0) return
    const bytes = together(waiting, waitingBytes)
    onDisk('write', path, () => writeAll(disk, file, bytes, written))
    written += bytes.length
    waiting = []
    waitingBytes = 0
  }

  return {
    path,
    get size() {
      return written + waitingBytes
    },
    append(content) {
      const length = typeof content === 'string' ? Buffer.byteLength(content) : content.length
      if (waitingBytes > MOST_WAITING) {
        lost++
        return
      }
      waiting.push(content)
      waitingBytes += length
    },
    flush,
    sync() {
      flush()
      onDisk('write', path, () => disk.sync(file))
    },
    close() {
      if (!open) return
      open = false
      try {
        flush()
        onDisk('write', path, () => syncIfPossible(disk, file))
      } finally {
        disk.close(file)
      }
      if (lost > 0) onDisk('write', path, () => fail(`${lost} entries were lost while the disk was full`))
    },
  }
}

/** The bytes of `pieces`, `length` of them; valid until the next call. */
function together(pieces: readonly (Uint8Array | string)[], length: number): Uint8Array {
  if (length > USUAL) return Buffer.concat(pieces.map((piece) => (typeof piece === 'string' ? Buffer.from(piece) : piece)))
  kept ??= Buffer.allocUnsafe(USUAL)
  let at = 0
  for (const piece of pieces) {
    if (typeof piece === 'string') at += kept.write(piece, at)
    else {
      kept.set(piece, at)
      at += piece.length
    }
  }
  return kept.subarray(0, length)
}

let kept: Buffer | null = null // one for all files: a new buffer for every line of every log is work for the garbage collector

/** Pipes and devices such as /dev/null cannot be synced; regular files can. */
function syncIfPossible(disk: Disk, file: number): void {
  try {
    disk.sync(file)
  } catch (error) {
    if (!isSystemError(error, 'EINVAL')) throw error
  }
}

function fail(message: string): never {
  throw Object.assign(new Error(message), { code: 'ENOSPC', syscall: 'write' })
}
