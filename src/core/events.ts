/**
 * What a run says about itself. Training yields these and logs nothing; every file, table and screen is a function of them.
 * `step` is always the number of environment steps taken so far, over all environments.
 */
import type { Drawing } from '../../envs/canvas/canvas.js'
import type { Bundle } from './bundle.js'
import type { Json } from './json.js'

export type RunEvent =
  | RunStarted
  | EpisodeEnded
  | UpdateDone
  | EvaluationDone
  | EpisodeRecorded
  | CheckpointReady
  | PreviewDrawn
  | WarningRaised
  | RunEnded

export interface RunStarted {
  readonly kind: 'run-started'
  readonly env: string
  readonly algo: string
  readonly seed: number
  readonly totalSteps: number
  readonly numEnvs: number
  /** How the environments are stepped together, and why: 'arrays: it is written as functions'. */
  readonly vectorization: string
  readonly backend: string
  /** What computes, in which build, and why: 'fused, relaxed kernels: this processor fuses multiply and add'. */
  readonly computing?: string | undefined
  /** The gradient clip in short: 'loss-feedback per network'. */
  readonly clip: string
  /** Trainable numbers. */
  readonly parameters: number
  /** The return that counts as solved, where the environment has one. */
  readonly solvedAt: number | null
  /** Above 0 when an earlier run goes on. */
  readonly step: number
}

export interface EpisodeEnded {
  readonly kind: 'episode'
  readonly step: number
  /** 1 for the first episode that ended in this run. */
  readonly episode: number
  /** Which environment it ran in. */
  readonly env: number
  readonly return: number
  readonly length: number
  readonly end: 'terminated' | 'truncated'
}

/** Metrics of one update by catalog name (catalog.ts); null where there is no number yet, or no limit. */
export type Metrics = Readonly<Record<string, number | null>>

export interface UpdateDone {
  readonly kind: 'update'
  readonly step: number
  /** 1 for the first. */
  readonly update: number
  readonly metrics: Metrics
  /** Elements by catalog name, for histograms; absent in updates without. */
  readonly histograms?: Readonly<Record<string, Float32Array>>
}

export interface EvaluationDone {
  readonly kind: 'evaluation'
  readonly step: number
  readonly returns: readonly number[]
  readonly lengths: readonly number[]
  readonly metrics: Metrics
}

export interface EpisodeRecorded {
  readonly kind: 'recording'
  readonly step: number
  /** 'every': asked for by --record-every. 'last': the last episode of the run. */
  readonly reason: 'every' | 'last'
  readonly recording: EpisodeRecording
}

/** One whole episode, enough to show it without its environment and to re-simulate it with one. T = length. */
export interface EpisodeRecording {
  readonly env: string
  readonly envOptions: Json
  /** Seed of the environment's random stream. */
  readonly seed: number
  /** 1-based number of the episode in its run; names the file. */
  readonly episode: number
  /** `Env.save()` right after the reset that began the episode. */
  readonly start: Json
  readonly length: number
  readonly return: number
  readonly end: 'terminated' | 'truncated'
  readonly actionKind: 'discrete' | 'continuous'
  readonly observationSize: number
  readonly actionSize: number
  /** [T + 1, D], the last observation included. */
  readonly observations: Float32Array
  /** [T, A] as sent to the environment. */
  readonly actions: Float32Array
  /** [T] */
  readonly rewards: Float64Array
  /** [T] V(s_t) as the critic saw it then. */
  readonly values: Float32Array
  /** [T] log-probability of the action taken. */
  readonly logProbs: Float32Array
}

export interface CheckpointReady {
  readonly kind: 'checkpoint'
  readonly step: number
  readonly update: number
  readonly reason: 'periodic' | 'best' | 'final' | 'interrupted'
  /** Everything for an exact resume. */
  readonly snapshot: Bundle
}

export interface PreviewDrawn {
  readonly kind: 'preview'
  readonly step: number
  readonly drawing: Drawing
}

export interface WarningRaised {
  readonly kind: 'warning'
  readonly step: number
  readonly message: string
}

/** `result.json`. Numbers are null where nothing was measured. */
export interface RunResult {
  readonly status: 'done' | 'solved' | 'interrupted' | 'failed'
  readonly steps: number
  readonly updates: number
  readonly episodes: number
  readonly seconds: number
  readonly stepsPerSecond: number | null
  /** Mean return of the last 100 training episodes. */
  readonly meanReturn100: number | null
  readonly evalReturnMean: number | null
  readonly evalReturnStd: number | null
  readonly backend: string
  readonly clip: string
  readonly seed: number
}

export interface RunEnded {
  readonly kind: 'run-ended'
  readonly step: number
  readonly result: RunResult
}
