/**
 * N copies of one environment stepped together. Data crosses as flat rows: row i belongs to environment i.
 * All arrays returned by `reset` and `step` are the vector environment's own and valid until its next call; copy what must last.
 */
import type { Canvas } from '../canvas/canvas.js'
import type { Info } from '../core.js'
import type { Json } from '../json.js'
import type { EnvSpec } from '../registry.js'
import type { Space } from '../spaces/space.js'

/**
 * What happens when an episode ends.
 * `same-step`: the environment resets at once; the step returns the first observation of the next episode and keeps the last one in
 * `finalObservations`. `next-step`: the next step ignores its action and returns the reset. `disabled`: the caller resets by mask.
 * Learners here use `same-step`: the others put transitions into a rollout that never happened.
 */
export type AutoresetMode = 'same-step' | 'next-step' | 'disabled'

export interface VectorResetOptions {
  /** An integer s seeds environment i with s + i; a list gives one seed each. Without one the running streams go on. */
  readonly seed?: number | readonly number[]
  /** [N] Resets only where true (or not 0), at least one; the other rows stay as they are. Default: all. */
  readonly mask?: ArrayLike<boolean | number>
  readonly options?: Readonly<Record<string, unknown>>
}

/** An episode that ended in the last step. */
export interface FinishedEpisode {
  /** Which environment, 0 … N−1. */
  readonly env: number
  /** Sum of its rewards. */
  readonly return: number
  /** Its steps. */
  readonly length: number
  readonly terminated: boolean
  readonly truncated: boolean
}

export interface VectorStep {
  /** [N, D] observations to act on next; after an end, those of the new episode (same-step). */
  readonly observations: Float32Array
  /** [N] */
  readonly rewards: Float64Array
  /** [N] 1 where the task ended. */
  readonly terminated: Uint8Array
  /** [N] 1 where the time ran out. */
  readonly truncated: Uint8Array
  /** [N, D] the last observation of the episode that ended; rows of other environments are stale. */
  readonly finalObservations: Float32Array
  /** Episodes that ended in this step, by environment; filled by RecordEpisodeStatistics, which `makeVec` adds. */
  readonly episodes: readonly FinishedEpisode[]
  /** Per environment; empty objects where the environment says nothing. */
  readonly infos: readonly Info[]
}

export interface VectorEnv {
  readonly numEnvs: number
  readonly observationSpace: Space
  readonly actionSpace: Space
  readonly autoreset: AutoresetMode
  readonly spec: EnvSpec | null
  /** @returns [N, D] first observations */
  reset(options?: VectorResetOptions): Float32Array
  /**
   * @param actions flat rows [N, A]; Discrete: A = 1, the index
   * @throws EnvError when the number of actions is wrong or one is outside the space, before anything moves; FailedEnvError or NonFiniteError
   * naming the environments that failed, after the others have made their step
   */
  step(actions: ArrayLike<number>): VectorStep
  /**
   * Per environment, what it tells beside the observation that stands now: after `reset` as after `step`. Stale after `load`, until the next
   * step. Absent where nobody can say. Asked when somebody reads it.
   */
  infos?(): readonly Info[]
  /** Draws environment `index`; absent when the environment cannot be drawn. */
  draw?(index: number, canvas: Canvas): void
  /** State of one environment, as `Env.save` of the single environment gives it: an Env can `load` it. */
  saveOne(index: number): Json
  /** Everything for an exact resume of all environments. */
  save(): Json
  load(saved: Json): void
  close(): void
}
