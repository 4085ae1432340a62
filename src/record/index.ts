/** Run folders: writing them, finding them, reading them back. */
export { removeTemporaries, writeAtomically } from './atomic-file.js'
export { decodeBundle, encodeBundle, readBundle, writeBundle } from './bundle-file.js'
export {
  type Checkpoint,
  checkpointName,
  checkpointNames,
  type FoundCheckpoint,
  findCheckpoint,
  type LogLengths,
  readCheckpoint,
  writeCheckpoint,
} from './checkpoint-file.js'
export { type Disk, FileError, nodeDisk } from './disk.js'
export { type EventLog, type EventLogOptions, openEventLog } from './event-log.js'
export { gitCommit } from './git-commit.js'
export { type Histogram, histogram } from './histogram.js'
export { type JsonLines, type LinesRead, openJsonLines, readJsonLines } from './json-lines.js'
export { isoTime, type Manifest, type ManifestFacts, newManifest, readManifest, writeManifest } from './manifest.js'
export { printable } from './printable.js'
export {
  type EpisodeRow,
  type EpisodesRead,
  type EvaluationRow,
  listRecordings,
  type MetricsRead,
  readEpisodes,
  readEvents,
  readMetrics,
  runState,
  type UpdateRow,
} from './readers.js'
export { decodeRecording, encodeRecording, type RecordingRead, readRecording, recordingName, writeRecording } from './recording-file.js'
export {
  drawings,
  openReplay,
  type Replay,
  type ReplayDifference,
  type ReplayFrame,
  type Verification,
  type VerifyOptions,
  verify,
} from './replay.js'
export { readResult, writeResult } from './result.js'
export { configYaml, readConfig, writeConfig } from './run-config.js'
export { createRunFolder, findRun, inside, listRuns, type NewRun, openRunFolder, type RunFiles, type RunFolder } from './run-folder.js'
export { type LockHolder, lockHolder, type RunLock, takeLock } from './run-lock.js'
export { checkpoints } from './sinks/checkpoints.js'
export { episodesJsonl } from './sinks/episodes-jsonl.js'
export { type LineSink, metricsJsonl } from './sinks/metrics-jsonl.js'
export { progressCsv } from './sinks/progress-csv.js'
export { recordings } from './sinks/recordings.js'
export { type RunSinks, type RunSinksOptions, runSinks } from './sinks/run-sinks.js'
export { failSoft, type Sink, type SinkOptions } from './sinks/sink.js'
export { summary } from './sinks/summary.js'
export { tensorboard } from './sinks/tensorboard.js'
