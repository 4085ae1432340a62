/** `episodes.jsonl`: one object per finished episode, `{ step, episode, env, return, length, end }`, written out once per update. */
import { openJsonLines } from '../json-lines.js'
import type { LineSink } from './metrics-jsonl.js'
import { type SinkOptions, withDefaults } from './sink.js'

/** @param keep bytes of an existing file to go on after; 0 = anew  @throws FileError when the file cannot be opened */
export function episodesJsonl(path: string, keep: number, options: SinkOptions = {}): LineSink {
  const { attempt, disk, mayWait } = withDefaults(options)
  const lines = openJsonLines(path, { keep, disk })
  return {
    handle(event) {
      if (event.kind === 'episode') {
        const { step, episode, env, length, end } = event
        lines.append({ step, episode, env, return: event.return, length, end })
      } else if (event.kind === 'update' && !mayWait()) {
        attempt(path, lines.flush)
      }
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
