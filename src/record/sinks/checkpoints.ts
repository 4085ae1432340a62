/**
 * Keeps checkpoints: the newest few by steps, the best, the final one. A new file is whole before an old one goes, so that at every
 * moment there is one to go on from.
 */
import { join } from 'node:path'
import { RunError } from '../../core/errors.js'
import { checkpointNames, type LogLengths, readCheckpoint, writeCheckpoint } from '../checkpoint-file.js'
import { type Disk, nodeDisk, onDisk } from '../disk.js'
import { type Sink, type SinkOptions, withDefaults } from './sink.js'

export interface CheckpointOptions extends SinkOptions {
  /** `step-….ckpt` files kept, at least 2: the newest and one to fall back on. Default 3. */
  readonly keep?: number
  /** Puts the logs onto the medium and says how long they are. */
  readonly logs: () => LogLengths
}

/** @param folder where the files go; it exists */
export function checkpoints(folder: string, options: CheckpointOptions): Sink {
  const { attempt, disk } = withDefaults(options)
  const keep = Math.max(2, options.keep ?? 3)
  return {
    handle(event) {
      if (event.kind !== 'checkpoint') return
      const { step, update, reason, snapshot } = event
      attempt(folder, () => {
        writeCheckpoint(folder, { step, update, reason, logs: options.logs(), snapshot }, disk)
        const periodic = checkpointNames(folder).filter((name) => name.startsWith('step-'))
        for (const name of byStep(periodic).slice(0, -keep)) onDisk('remove', join(folder, name), () => disk.remove(join(folder, name)))
      })
    },
    async close() {},
  }
}

/**
 * The run goes back to `step`: later checkpoints belong to a course that its logs no longer tell, and would be taken for the latest.
 * @returns names of the files removed; damaged ones stay for whoever wants to look  @throws FileError
 */
export function removeLaterCheckpoints(folder: string, step: number, disk: Disk = nodeDisk): string[] {
  return checkpointNames(folder).filter((name) => {
    const path = join(folder, name)
    try {
      if (readCheckpoint(path).step <= step) return false
    } catch (error) {
      if (error instanceof RunError) return false
      throw error
    }
    onDisk('remove', path, () => disk.remove(path))
    return true
  })
}

/** A step of more than nine digits sorts by number, not by name. */
function byStep(names: readonly string[]): string[] {
  const step = (name: string) => Number(/\d+/.exec(name)?.[0] ?? 0)
  return [...names].sort((a, b) => step(a) - step(b))
}
