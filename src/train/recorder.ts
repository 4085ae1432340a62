/**
 * Watches a run and keeps whole episodes. It only copies what passes by, so recording on or off changes nothing else.
 *
 * With `every` = n, all environments are watched and every n-th finished episode is kept. Without, only environment 0 is watched, for
 * the last episode of the run.
 */
import type { CollectedStep } from '../../agents/rollout/collect.js'
import type { VectorEnv } from '../../envs/vector/vector-env.js'
import type { EpisodeRecording } from '../core/events.js'
import type { Json } from '../core/json.js'

export interface RecorderOptions {
  readonly venv: VectorEnv
  readonly env: string
  readonly envOptions: Json
  /** Environment i has seed `seed` + i. */
  readonly seed: number
  readonly observationSize: number
  readonly actionSize: number
  readonly actionKind: EpisodeRecording['actionKind']
  /** Keep every n-th finished episode; 0 = only the last of environment 0. */
  readonly every: number
}

export interface Recorder {
  /** Call once after the vector environment was reset or loaded. */
  begin(): void
  /** Call after each vector step. */
  watch(step: CollectedStep): void
  /** Call after the steps of a rollout, with V of what each began with: [T, N]. */
  valued(values: Float32Array): void
  /** Episodes kept since the last call, oldest first. */
  take(): readonly EpisodeRecording[]
  /** The last episode that ended among those watched, unless `take` has given it already. */
  last(): EpisodeRecording | null
  /** The episodes under way, so that a resumed run records them whole. */
  save(): Json
  load(saved: Json): void
}

const LONGEST = 100_000 // steps: an episode that never ends must not fill the memory; it is not recorded

export function createRecorder(options: RecorderOptions): Recorder {
  const { venv, every } = options
  const watched = every > 0 ? venv.numEnvs : 1
  const kept: FinishedTape[] = []
  const unvalued: (Tape | null)[] = [] // to whom each watched step of this rollout belongs
  let state: RecorderState = { finished: 0, tapes: [], last: null }

  return {
    begin() {
      state = { ...state, tapes: Array.from({ length: watched }, (_, i) => emptyTape(venv.saveOne(i))) }
    },
    watch({ observations, sent, decision, result }) {
      const { tapes } = state
      for (let i = 0; i < watched; i++) {
        const tape = tapes[i]!
        const full = tape.rewards.length >= LONGEST
        unvalued.push(full ? null : tape)
        if (full) continue
        append(tape.observations, observations, i, options.observationSize)
        append(tape.actions, sent, i, options.actionSize)
        tape.rewards.push(result.rewards[i]!)
        tape.logProbs.push(decision.logProbs[i]!)
      }
      for (const { env, terminated } of result.episodes) {
        state.finished += 1
        if (env >= watched) continue
        const tape = tapes[env]!
        tapes[env] = emptyTape(venv.saveOne(env))
        if (tape.rewards.length >= LONGEST) continue
        append(tape.observations, result.finalObservations, env, options.observationSize)
        state.last = { env, episode: state.finished, end: terminated ? 'terminated' : 'truncated', tape }
        if (every > 0 && state.finished % every === 0) kept.push(state.last)
      }
    },
    valued(values) {
      for (let k = 0; k < unvalued.length; k++) {
        const [t, i] = [Math.floor(k / watched), k % watched]
        unvalued[k]?.values.push(values[t * venv.numEnvs + i]!)
      }
      unvalued.length = 0
    },
    take() {
      const taken = kept.splice(0)
      if (taken.at(-1) === state.last) state.last = null
      return taken.map((tape) => recordingOf(tape, options))
    },
    last: () => (state.last === null ? null : recordingOf(state.last, options)),
    save: () => structuredClone(state) as unknown as Json, // the tapes go on
    load(saved) {
      state = structuredClone(saved) as unknown as RecorderState
    },
  }
}

type RecorderState = {
  /** Episodes of the run that have ended, watched or not: they number the recordings. */
  finished: number
  /** One per environment watched. */
  readonly tapes: Tape[]
  /** The last to end among those watched and not taken. */
  last: FinishedTape | null
}

/** One episode in the making; plain numbers, so that it survives JSON. */
interface Tape {
  readonly start: Json
  readonly observations: number[]
  readonly actions: number[]
  readonly rewards: number[]
  readonly values: number[]
  readonly logProbs: number[]
}

interface FinishedTape {
  readonly env: number
  readonly episode: number
  readonly end: EpisodeRecording['end']
  readonly tape: Tape
}

const emptyTape = (start: Json): Tape => ({ start, observations: [], actions: [], rewards: [], values: [], logProbs: [] })

function append(tape: number[], rows: ArrayLike<number>, row: number, size: number): void {
  for (let k = 0; k < size; k++) tape.push(rows[row * size + k]!)
}

function recordingOf({ env, episode, end, tape }: FinishedTape, options: RecorderOptions): EpisodeRecording {
  return {
    env: options.env,
    envOptions: options.envOptions,
    seed: options.seed + env,
    episode,
    start: tape.start,
    length: tape.rewards.length,
    return: tape.rewards.reduce((sum, reward) => sum + reward, 0),
    end,
    actionKind: options.actionKind,
    observationSize: options.observationSize,
    actionSize: options.actionSize,
    observations: Float32Array.from(tape.observations),
    actions: Float32Array.from(tape.actions),
    rewards: Float64Array.from(tape.rewards),
    values: Float32Array.from(tape.values),
    logProbs: Float32Array.from(tape.logProbs),
  }
}
