/** `episodes/ep-000050.rec`: each recorded episode in a file of its own. */
import { join } from 'node:path'
import { recordingName, writeRecording } from '../recording-file.js'
import { type Sink, type SinkOptions, withDefaults } from './sink.js'

/** @param folder where the files go; it exists */
export function recordings(folder: string, options: SinkOptions = {}): Sink {
  const { attempt, disk } = withDefaults(options)
  return {
    handle(event) {
      if (event.kind !== 'recording') return
      const { recording } = event
      attempt(join(folder, recordingName(recording.episode)), () => writeRecording(folder, recording, disk))
    },
    async close() {},
  }
}
