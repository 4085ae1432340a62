/**
 * Replay: a recorded episode frame by frame, and the proof that it happened as recorded.
 *
 * Showing needs no environment: observations, actions, rewards and values are in the recording. Verifying loads the environment's state
 * at the start of the episode, sends the recorded actions, and compares what comes back with what was recorded, bit for bit unless a
 * tolerance is given. Drawings come from the same re-simulation.
 */
import { type Drawing, drawing } from '../../envs/canvas/canvas.js'
import type { Env } from '../../envs/core.js'
import { readFlat, writeFlat } from '../../envs/spaces/flat.js'
import { RunError } from '../core/errors.js'
import type { EpisodeRecording } from '../core/events.js'

/** What there is to see at time t. Frame T, after the last step, has no action, reward, value and log-probability. */
export interface ReplayFrame {
  /** 0 … T */
  readonly t: number
  /** s_t, [D] */
  readonly observation: Float32Array
  /** a_t, [A], as sent to the environment. */
  readonly action: Float32Array | null
  /** The reward that a_t earned. */
  readonly reward: number | null
  /** V(s_t) as the critic saw it then. */
  readonly value: number | null
  readonly logProb: number | null
  /** Sum of the rewards before t; at T, the episode's return. */
  readonly returnSoFar: number
  /** How the episode ended: at frame T of a whole recording, else null. */
  readonly end: EpisodeRecording['end'] | null
}

export interface Replay {
  readonly recording: EpisodeRecording
  /** Frames, T + 1. */
  readonly frames: number
  /** @throws RangeError unless t is a whole number from 0 to T */
  frame(t: number): ReplayFrame
}

/** @param complete false when the recording is only a beginning (recording-file.ts): it has no end then */
export function openReplay(recording: EpisodeRecording, complete = true): Replay {
  const { length, observationSize: D, actionSize: A, observations, actions, rewards, values, logProbs } = recording
  const sums = new Float64Array(length + 1)
  for (let t = 0; t < length; t++) sums[t + 1] = sums[t]! + rewards[t]!
  return {
    recording,
    frames: length + 1,
    frame(t) {
      if (!Number.isInteger(t) || t < 0 || t > length)
        throw new RangeError(`replay: t must be a whole number from 0 to ${length}, got ${t}`)
      const last = t === length
      return {
        t,
        observation: observations.subarray(t * D, (t + 1) * D),
        action: last ? null : actions.subarray(t * A, (t + 1) * A),
        reward: last ? null : rewards[t]!,
        value: last ? null : values[t]!,
        logProb: last ? null : logProbs[t]!,
        returnSoFar: sums[t]!,
        end: last && complete ? recording.end : null,
      }
    },
  }
}

/** `step`: 1 … T, the step that leads to frame `step`; `index`: which number of the observation. */
export interface ReplayDifference {
  readonly step: number
  readonly field: 'observation' | 'reward' | 'terminated' | 'truncated'
  readonly index: number | null
  readonly recorded: number | boolean
  readonly simulated: number | boolean
  /** All of it in one line. */
  readonly message: string
}

export interface Verification {
  /** Steps that agree: T, or up to the first difference. */
  readonly steps: number
  readonly difference: ReplayDifference | null
}

export interface VerifyOptions {
  /** Largest difference of an observation or reward that still counts as equal. Default 0: equal to the last bit. */
  readonly tolerance?: number
  /** False when the recording is only a beginning. Default true. */
  readonly complete?: boolean
}

/** Re-simulates the episode in `env`, made with the recording's id and options. @throws RunError when the environment cannot load its start */
export function verify(recording: EpisodeRecording, env: Env, options: VerifyOptions = {}): Verification {
  const { observations, rewards, length, observationSize: D, end } = recording
  const tolerance = options.tolerance ?? 0
  const differ = (a: number, b: number) => !(a === b || Math.abs(a - b) <= tolerance || (Number.isNaN(a) && Number.isNaN(b)))
  for (const { t, observation, reward, terminated, truncated } of simulate(recording, env)) {
    const found = (field: ReplayDifference['field'], index: number | null, recorded: number | boolean, simulated: number | boolean) => {
      const what = index === null ? field : `${field}[${index}]`
      const message = `step ${t + 1} of ${length}: ${what} was recorded as ${recorded}, the simulation gives ${simulated}`
      return { steps: t, difference: { step: t + 1, field, index, recorded, simulated, message } }
    }
    for (let i = 0; i < D; i++) {
      const recorded = observations[(t + 1) * D + i]!
      if (differ(recorded, observation[i]!)) return found('observation', i, recorded, observation[i]!)
    }
    if (differ(rewards[t]!, reward)) return found('reward', null, rewards[t]!, reward)
    const last = t === length - 1
    if (last && options.complete === false) continue
    // Both flags may be up at once; then the recording says 'terminated'.
    const wantTerminated = last && end === 'terminated'
    if (terminated !== wantTerminated) return found('terminated', null, wantTerminated, terminated)
    const wantTruncated = last && (end === 'truncated' || (terminated && truncated))
    if (truncated !== wantTruncated) return found('truncated', null, wantTruncated, truncated)
  }
  return { steps: length, difference: null }
}

/** A drawing per frame, T + 1, by re-simulation; null when the environment cannot be drawn. */
export function drawings(recording: EpisodeRecording, env: Env): Drawing[] | null {
  if (!env.draw) return null
  const draw = () => drawing((canvas) => env.draw?.(canvas))
  loadStart(recording, env)
  const drawn = [draw()]
  for (const _ of simulate(recording, env)) drawn.push(draw())
  return drawn
}

interface SimulatedStep {
  readonly t: number
  /** The learner's row; valid until the next step. */
  readonly observation: Float32Array
  readonly reward: number
  readonly terminated: boolean
  readonly truncated: boolean
}

function* simulate(recording: EpisodeRecording, env: Env): Generator<SimulatedStep> {
  const { length, actions, actionSize, observationSize } = recording
  fits(recording.env, 'observations', observationSize, env.observationSpace.size)
  fits(recording.env, 'actions', actionSize, env.actionSpace.size)
  loadStart(recording, env)
  const row = new Float32Array(observationSize)
  for (let t = 0; t < length; t++) {
    const [observation, reward, terminated, truncated] = env.step(readFlat(env.actionSpace, actions, t * actionSize))
    writeFlat(env.observationSpace, observation, row)
    yield { t, observation: row, reward, terminated, truncated }
  }
}

function fits(env: string, what: string, recorded: number, has: number): void {
  if (recorded !== has) throw new RunError(`${env}: the recording has ${what} of ${recorded} numbers, the environment of ${has}`)
}

function loadStart(recording: EpisodeRecording, env: Env): void {
  try {
    env.load(recording.start)
  } catch (error) {
    throw new RunError(
      `${recording.env}: the environment cannot load the start of episode ${recording.episode}: ${(error as Error).message}`,
    )
  }
}
