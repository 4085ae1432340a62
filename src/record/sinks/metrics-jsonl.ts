/**
 * `metrics.jsonl`, the source of truth: one object per update, `{ step, update, …metrics }`, and one per evaluation,
 * `{ step, evaluation: true, returns, lengths, …metrics }`. A metric without a number, and "no limit", are null.
 */
import { openJsonLines } from '../json-lines.js'
import { type Sink, type SinkOptions, withDefaults } from './sink.js'

/** A sink that writes lines, with the position that an exact resume cuts back to. */
export interface LineSink extends Sink {
  /** Puts all rows so far onto the medium. @returns bytes of the file then */
  sync(): number
}

/** @param keep bytes of an existing file to go on after; 0 = anew  @throws FileError when the file cannot be opened */
export function metricsJsonl(path: string, keep: number, options: SinkOptions = {}): LineSink {
  const { attempt, disk, mayWait } = withDefaults(options)
  const lines = openJsonLines(path, { keep, disk })
  return {
    handle(event) {
      if (event.kind !== 'update' && event.kind !== 'evaluation') return
      const { step, metrics } = event
      attempt(path, () => {
        if (event.kind === 'update') lines.append({ step, update: event.update, ...metrics })
        else lines.append({ step, evaluation: true, returns: event.returns, lengths: event.lengths, ...metrics })
        if (!mayWait()) lines.flush()
      })
    },
    sync() {
      attempt(path, lines.sync)
      return lines.size
    },
    async close() {
      attempt(path, lines.close)
    },
  }
}
