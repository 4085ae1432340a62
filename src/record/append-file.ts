/**
 * A file that only grows, and survives a full disk: what could not be written stays in memory and is tried again with the next flush.
 *
 * Key idea: every write names its byte position, so a half-written piece is simply written over by the next try, and at any moment the
 * file is a prefix of what was appended, perhaps with a torn end.
 */
import { constants, statSync } from 'node:fs'
import { type Disk, isSystemError, nodeDisk, onDisk, writeAll } from './disk.js'

const MOST_WAITING = 32 * 2 ** 20 // bytes held in memory while the disk is full

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
  let waiting: Uint8Array[] = []
  let waitingBytes = 0
  let lost = 0
  let open = true

  function flush(): void {
    if (waiting.length === 0) return
    const bytes = waiting.length === 1 ? waiting[0]! : Buffer.concat(waiting)
    waiting = [bytes]
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
      const bytes = typeof content === 'string' ? Buffer.from(content) : content
      if (waitingBytes > MOST_WAITING) {
        lost++
        return
      }
      waiting.push(bytes)
      waitingBytes += bytes.length
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
