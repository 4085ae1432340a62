/** `manifest.json` while the run goes on, and `result.json` at its end. */
import { isoTime, type Manifest, writeManifest } from '../manifest.js'
import { writeResult } from '../result.js'
import type { RunFiles } from '../run-folder.js'
import { type Sink, type SinkOptions, withDefaults } from './sink.js'

const MOST_WARNINGS = 100

export interface SummaryOptions extends SinkOptions {
  /** Milliseconds since 1970. */
  readonly now: () => number
}

export interface SummarySink extends Sink {
  /** Says why the run cannot go on; `close` writes it down. */
  fail(reason: string): void
}

/** @param first the manifest as the run starts; written at once  @throws FileError when it cannot be written */
export function summary(files: Pick<RunFiles, 'manifest' | 'result'>, first: Manifest, options: SummaryOptions): SummarySink {
  const { attempt, disk } = withDefaults(options)
  let manifest = first
  let ended = false
  writeManifest(files.manifest, manifest, disk)

  function change(changes: Partial<Manifest>): void {
    manifest = { ...manifest, ...changes }
    attempt(files.manifest, () => writeManifest(files.manifest, manifest, disk))
  }

  return {
    handle(event) {
      if (event.kind === 'run-started') {
        const { kind: _, step: __, ...run } = event
        change({ run })
      } else if (event.kind === 'warning' && manifest.warnings.length < MOST_WARNINGS) {
        change({ warnings: [...manifest.warnings, { step: event.step, message: event.message }] })
      } else if (event.kind === 'run-ended') {
        ended = true
        attempt(files.result, () => writeResult(files.result, event.result, disk))
        change({ status: event.result.status, end: isoTime(options.now()) })
      }
    },
    fail(reason) {
      manifest = { ...manifest, status: 'failed', error: reason }
    },
    async close() {
      if (ended) return
      ended = true
      change({ status: 'failed', end: isoTime(options.now()), error: manifest.error ?? 'the run ended without a result' })
    },
  }
}
