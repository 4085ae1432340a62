/**
 * Files that are there whole or not at all: all bytes go to a temporary file in the same folder, onto the medium, and then take the
 * name in one step. A crash at any moment leaves the old file or the new one, and at worst a temporary that nobody reads.
 */
import { constants, readdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { type Disk, isSystemError, nodeDisk, onDisk, writeAll } from './disk.js'

/** `.final.ckpt.4711-0.tmp` */
const TEMPORARY = /^\..+\.\d+-\d+\.tmp$/

/**
 * Puts `content` under `path`, replacing what is there.
 * @throws FileError when the disk refuses; the old file is untouched then and the temporary removed
 */
export function writeAtomically(path: string, content: Uint8Array | string, disk: Disk = nodeDisk): void {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content
  onDisk('write', path, () => {
    const { file, temporary } = openTemporary(path, disk)
    let open = true
    try {
      writeAll(disk, file, bytes, 0)
      disk.sync(file)
      open = false
      disk.close(file)
      disk.rename(temporary, path)
    } catch (error) {
      if (open) quietly(() => disk.close(file))
      quietly(() => disk.remove(temporary))
      throw error
    }
    syncFolder(dirname(path), disk)
  })
}

/** Removes temporaries that a killed process left in `folder`. Call it only while holding the run's lock. */
export function removeTemporaries(folder: string, disk: Disk = nodeDisk): void {
  onDisk('read', folder, () => {
    for (const name of readdirSync(folder)) if (TEMPORARY.test(name)) quietly(() => disk.remove(join(folder, name)))
  })
}

/** O_EXCL never follows a link and never shares a file: a name that is taken means the next number. */
function openTemporary(path: string, disk: Disk): { file: number; temporary: string } {
  for (let number = 0; ; number++) {
    const temporary = join(dirname(path), `.${basename(path)}.${process.pid}-${number}.tmp`)
    try {
      return { file: disk.open(temporary, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL), temporary }
    } catch (error) {
      if (!isSystemError(error, 'EEXIST')) throw error
    }
  }
}

/** Makes the new name last through a power cut. Some file systems cannot, and the file is in place already: no reason to fail. */
function syncFolder(folder: string, disk: Disk): void {
  quietly(() => {
    const file = disk.open(folder, constants.O_RDONLY)
    try {
      disk.sync(file)
    } finally {
      disk.close(file)
    }
  })
}

/** For cleaning up after an error that is more interesting than this one could be. */
function quietly(work: () => void): void {
  try {
    work()
  } catch {
    // nothing to add to the first error
  }
}
