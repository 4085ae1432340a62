/** `events.out.tfevents.…`: every metric that has a number and every histogram, by environment steps. A run that goes on gets a further file. */
import { existsSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import type { Metrics, UpdateDone } from '../../core/events.js'
import { openAppendFile } from '../append-file.js'
import { histogram } from '../histogram.js'
import { histogramsRecord, type Scalar, scalarsRecorder, sessionStartRecord, versionRecord } from '../tfevents.js'
import { type Sink, type SinkOptions, withDefaults } from './sink.js'

export interface TensorboardOptions extends SinkOptions {
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** The step after which an earlier run goes on. */
  readonly resumeAfter?: number
}

/** @param folder the run folder  @throws FileError when the file cannot be opened */
export function tensorboard(folder: string, options: TensorboardOptions): Sink {
  const { attempt, disk, mayWait } = withDefaults(options)
  const seconds = () => options.now() / 1000
  const scalarsRecord = scalarsRecorder()
  const path = freeName(folder, seconds())
  const file = openAppendFile(path, { disk })
  file.append(versionRecord(seconds()))
  if (options.resumeAfter !== undefined) file.append(sessionStartRecord(seconds(), options.resumeAfter + 1))
  file.flush()
  return {
    handle(event) {
      if (event.kind !== 'update' && event.kind !== 'evaluation') return
      attempt(path, () => {
        file.append(scalarsRecord(seconds(), event.step, scalarsOf(event.metrics)))
        if (event.kind === 'update' && event.histograms) file.append(histogramsRecord(seconds(), event.step, counted(event.histograms)))
        if (!mayWait()) file.flush()
      })
    },
    async close() {
      attempt(path, file.close)
    },
  }
}

const counted = (elements: NonNullable<UpdateDone['histograms']>) =>
  Object.entries(elements).flatMap(([tag, values]) => {
    const one = histogram(values)
    return one === null ? [] : [[tag, one] as const]
  })

function scalarsOf(metrics: Metrics): Scalar[] {
  const scalars: Scalar[] = []
  for (const tag in metrics) {
    const value = metrics[tag]
    if (typeof value === 'number') scalars.push([tag, value])
  }
  return scalars
}

/** TensorBoard finds files by "tfevents" and reads those of one folder in the order of their names: the time comes first. */
export function freeName(folder: string, seconds: number): string {
  const host = hostname().replaceAll(/[^A-Za-z0-9.-]+/g, '-')
  const time = String(Math.floor(seconds)).padStart(10, '0')
  for (let number = 0; ; number++) {
    const path = join(folder, `events.out.tfevents.${time}.${host}.${process.pid}.${number}`)
    if (!existsSync(path)) return path
  }
}
