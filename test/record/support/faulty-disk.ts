/** A disk that can be full, slow to take bytes, or broken at one operation. */
import { type Disk, nodeDisk } from '../../../src/record/disk.js'

export interface FaultyDisk extends Disk {
  /** Bytes that can still be written; infinite to begin with. */
  room: number
  /** Bytes taken by one write at most. */
  bite: number
  /** The operation that fails, and with which code. */
  broken: { readonly operation: keyof Disk; readonly code: 'EIO' | 'EROFS' | 'EACCES' } | null
}

const ERRNO = { ENOSPC: -28, EIO: -5, EROFS: -30, EACCES: -13 }

export function faultyDisk(): FaultyDisk {
  const check = <A extends unknown[], R>(operation: keyof Disk, work: (...given: A) => R) => {
    return (...given: A): R => {
      if (disk.broken?.operation === operation) throw systemError(disk.broken.code, operation)
      return work(...given)
    }
  }
  const disk: FaultyDisk = {
    room: Number.POSITIVE_INFINITY,
    bite: Number.POSITIVE_INFINITY,
    broken: null,
    open: check('open', nodeDisk.open),
    write: check('write', (file: number, bytes: Uint8Array, at: number) => {
      if (disk.room <= 0) throw systemError('ENOSPC', 'write')
      const written = nodeDisk.write(file, bytes.subarray(0, Math.min(bytes.length, disk.room, disk.bite)), at)
      disk.room -= written
      return written
    }),
    truncate: check('truncate', nodeDisk.truncate),
    sync: check('sync', nodeDisk.sync),
    close: nodeDisk.close,
    rename: check('rename', nodeDisk.rename),
    remove: nodeDisk.remove,
  }
  return disk
}

function systemError(code: keyof typeof ERRNO, syscall: string): Error {
  return Object.assign(new Error(`${code}: ${syscall}`), { code, errno: ERRNO[code], syscall })
}
