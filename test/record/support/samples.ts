/** A small made-up run: its events, an episode, a snapshot. */
import type { Bundle } from '../../../src/core/bundle.js'
import type { EpisodeRecording, Metrics, RunEvent, RunResult } from '../../../src/core/events.js'

export const NOW = Date.UTC(2026, 0, 2, 3, 4, 5) // ms since 1970

/** A clock that moves one second with every look. */
export function tickingClock(start = NOW): () => number {
  let now = start - 1000
  return () => {
    now += 1000
    return now
  }
}

export function sampleMetrics(update: number): Metrics {
  return {
    'rollout/ep_rew_mean': update === 1 ? null : 10.5 * update,
    'time/total_timesteps': update * 100,
    'train/loss': 1 / update,
    'grad/tau': null,
    'grad/layer/actor/hidden-0/norm_pre': 0.1 * update,
  }
}

export function sampleRecording(length = 5, changes: Partial<EpisodeRecording> = {}): EpisodeRecording {
  const rewards = Float64Array.from({ length }, (_, t) => 1 + t / 3)
  return {
    env: 'Drift-v0',
    envOptions: { gravity: 9.8 },
    seed: 7,
    episode: 50,
    start: { x: 0.25, random: '123456789012345678901234567890' },
    length,
    return: rewards.reduce((a, b) => a + b, 0),
    end: 'terminated',
    actionKind: 'continuous',
    observationSize: 3,
    actionSize: 2,
    observations: Float32Array.from({ length: (length + 1) * 3 }, (_, i) => Math.sin(i)),
    actions: Float32Array.from({ length: length * 2 }, (_, i) => Math.cos(i)),
    rewards,
    values: Float32Array.from({ length }, (_, i) => i / 7),
    logProbs: Float32Array.from({ length }, (_, i) => -i / 5),
    ...changes,
  }
}

export function sampleBundle(): Bundle {
  return {
    header: { algo: 'ppo', nested: { list: [1, 2.5, null, 'τ'], flag: true } },
    arrays: {
      'actor/kernel': Float32Array.from([0.1, -2, 3e-8]),
      moments: Float64Array.from([Math.PI, -0, 1e300]),
      counts: Int32Array.from([-1, 2 ** 30]),
      flags: Uint8Array.from([1, 0, 255]),
      empty: new Float32Array(0),
    },
  }
}

export const sampleResult: RunResult = {
  status: 'done',
  steps: 300,
  updates: 3,
  episodes: 3,
  seconds: 1.5,
  stepsPerSecond: 200,
  meanReturn100: 21,
  evalReturnMean: 30,
  evalReturnStd: null,
  backend: 'cpu',
  clip: 'loss-feedback per network',
  seed: 7,
}

/** Updates at steps 100, 200, 300, an episode before each, and every other kind of event once. */
export function sampleEvents(): RunEvent[] {
  const events: RunEvent[] = [
    {
      kind: 'run-started',
      env: 'Drift-v0',
      algo: 'ppo',
      seed: 7,
      totalSteps: 300,
      numEnvs: 2,
      backend: 'cpu',
      clip: 'loss-feedback per network',
      parameters: 12,
      vectorization: 'arrays: it is written as functions',
      solvedAt: 475,
      step: 0,
    },
  ]
  for (let update = 1; update <= 3; update++) {
    const step = update * 100
    events.push(
      { kind: 'episode', step: step - 40, episode: update, env: update % 2, return: 20.5 + update, length: 20, end: 'terminated' },
      { kind: 'update', step, update, metrics: sampleMetrics(update) },
      { kind: 'preview', step, drawing: { view: { left: 0, right: 1, bottom: 0, top: 1 }, shapes: [] } },
    )
  }
  events.push(
    { kind: 'evaluation', step: 300, returns: [29, 31], lengths: [29, 31], metrics: { 'eval/mean_reward': 30, 'eval/std_reward': 1 } },
    { kind: 'warning', step: 300, message: 'something to know' },
    { kind: 'checkpoint', step: 300, update: 3, reason: 'final', snapshot: sampleBundle() },
    { kind: 'recording', step: 300, reason: 'last', recording: sampleRecording() },
    { kind: 'run-ended', step: 300, result: sampleResult },
  )
  return events
}
