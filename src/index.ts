/** Public names of `tau-rl`. Environments alone: `tau-rl/envs`. Clipping alone: `tau-rl/clip`. Faster tfjs alone: `tau-rl/accelerate`. */
export * from '../agents/index.js'
export { type Env, make, makeVec, register, type VectorEnv } from '../envs/index.js'
export { type Backend, backends, selectBackend } from './backend/backends.js'
export { type MachineFacts, machineFacts } from './backend/doctor.js'
export {
  type CompareOptions,
  type Comparison,
  compare,
  comparisonText,
  interquartileMean,
  pairedDifference,
  type Summary,
  signFlipTest,
  summarise,
} from './compare/index.js'
export type { Bundle } from './core/bundle.js'
export { CATALOG, type MetricEntry, metricEntry } from './core/catalog.js'
export { type ConfigLayer, resolveConfig } from './core/config/layers.js'
export { type RunConfig, type RunConfigInput, runConfigSchema, type Schedule } from './core/config/schema.js'
export { pathLayer, setLayer, yamlLayer } from './core/config/text.js'
export { RunError, UsageError } from './core/errors.js'
export type { EpisodeRecording, Metrics, RunEvent, RunResult } from './core/events.js'
export * from './export/index.js'
export { type AccelerateOptions, type Acceleration, accelerate, type KernelReport } from './kernels/accelerate.js'
export type { KernelBuild, Kernels } from './kernels/kernels.js'
export { type LoadOptions, loadKernels } from './kernels/load.js'
export * from './optim/index.js'
export {
  createRunFolder,
  type EventLog,
  type EventLogOptions,
  findCheckpoint,
  findRun,
  openEventLog,
  openReplay,
  openRunFolder,
  readConfig,
  readEvents,
  readRecording,
  readResult,
  runSinks,
  verify,
} from './record/index.js'
export { type Evaluation, evaluate } from './train/evaluate.js'
export { assemble, type RunParts } from './train/parts.js'
export { loadPolicy, type Policy } from './train/policy.js'
export { presetLayer, presetNames } from './train/presets.js'
export { type RunControl, type TrainOptions, train } from './train/run.js'
