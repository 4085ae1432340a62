/**
 * TensorBoard files for programs of one's own: scalars and histograms by step, without a run folder.
 *
 *     const log = openEventLog('logs/first', { now: Date.now })
 *     const stop = optimizer.observe((report) => log.write(report.step, stepMetrics(report), stepHistograms(report)))
 *     … log.close()          // tensorboard --logdir logs
 */
import { mkdirSync } from 'node:fs'
import { openAppendFile } from './append-file.js'
import { type Disk, nodeDisk, onDisk } from './disk.js'
import { histogram } from './histogram.js'
import { freeName } from './sinks/tensorboard.js'
import { histogramsRecord, scalarsRecorder, sessionStartRecord, versionRecord } from './tfevents.js'

export interface EventLog {
  /** What is null or NaN is left out, so are histograms without a finite number. @throws FileError when the disk refuses */
  write(step: number, scalars: Readonly<Record<string, number | null>>, histograms?: Readonly<Record<string, Iterable<number>>>): void
  /** A second call does nothing. @throws FileError */
  close(): void
}

export interface EventLogOptions {
  /** Milliseconds since 1970: Date.now. */
  readonly now: () => number
  /** The step after which an earlier log of the folder goes on. */
  readonly resumeAfter?: number
  readonly disk?: Disk
}

/** Makes the folder if need be, and a new file in it. @throws FileError */
export function openEventLog(folder: string, options: EventLogOptions): EventLog {
  const { now, disk = nodeDisk, resumeAfter } = options
  const seconds = () => now() / 1000
  onDisk('write', folder, () => mkdirSync(folder, { recursive: true }))
  const file = openAppendFile(freeName(folder, seconds()), { disk })
  const scalarsRecord = scalarsRecorder()
  file.append(versionRecord(seconds()))
  if (resumeAfter !== undefined) file.append(sessionStartRecord(seconds(), resumeAfter + 1))
  file.flush()
  return {
    write(step, scalars, histograms = {}) {
      const numbers = Object.entries(scalars).filter((entry): entry is [string, number] => entry[1] !== null && !Number.isNaN(entry[1]))
      const counted = Object.entries(histograms).flatMap(([tag, values]) => {
        const one = histogram(values)
        return one === null ? [] : [[tag, one] as const]
      })
      if (numbers.length > 0) file.append(scalarsRecord(seconds(), step, numbers))
      if (counted.length > 0) file.append(histogramsRecord(seconds(), step, counted))
      file.flush()
    },
    close: file.close,
  }
}
