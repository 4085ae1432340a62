/** A tiny world for replay: a point drifts by the action and a bit of luck; the luck is in its saved state. */
import type { Canvas } from '../../../envs/canvas/canvas.js'
import type { Env } from '../../../envs/core.js'
import { box } from '../../../envs/spaces/box.js'
import { discrete as discreteSpace } from '../../../envs/spaces/discrete.js'
import type { EpisodeRecording } from '../../../src/core/events.js'
import type { Json } from '../../../src/core/json.js'

interface DriftState {
  x: number
  luck: number
  steps: number
}

/** @param wind added to every step: 0 unless the world shall differ from the recorded one */
export function driftEnv(
  options: { readonly limit?: number; readonly wind?: number; readonly discrete?: boolean; readonly drawn?: boolean } = {},
): Env {
  const { limit = 50, wind = 0, discrete = false, drawn = true } = options
  let state: DriftState = { x: 0, luck: 1, steps: 0 }
  const observe = () => Float32Array.from([state.x, state.luck / 2 ** 31])
  const env = {
    spec: null,
    observationSpace: box({ low: -Infinity, high: Infinity, shape: [2] }),
    actionSpace: discrete ? discreteSpace(3) : box({ low: -2, high: 2 }),
    reset: () => [observe(), {}] as const,
    step(action: unknown) {
      const push = discrete ? (action as number) : (action as Float32Array)[0]!
      if (typeof push !== 'number') throw new Error('wrong kind of action')
      const luck = (state.luck * 48271) % (2 ** 31 - 1)
      state = { x: state.x + push / 10 + luck / 2 ** 34 + wind, luck, steps: state.steps + 1 }
      return [observe(), 1 - Math.abs(state.x), state.x > 1, state.steps >= limit, {}] as const
    },
    ...(drawn && { draw: (canvas: Canvas) => canvas.circle(state.x, 0, 0.1, 'body') }),
    save: () => ({ ...state }),
    load(saved: Json) {
      if (typeof (saved as unknown as DriftState)?.x !== 'number') throw new Error('no state of this environment')
      state = { ...(saved as unknown as DriftState) }
    },
    close() {},
  }
  return env as unknown as Env
}

/** An episode of `driftEnv` with always the same push. */
export function driftRecording(push: number, options: Parameters<typeof driftEnv>[0] = {}): EpisodeRecording {
  const env = driftEnv(options)
  const start = { x: 0.1, luck: 12345, steps: 0 }
  env.load(start)
  const observations = [Math.fround(0.1), Math.fround(12345 / 2 ** 31)]
  const rewards: number[] = []
  let end: EpisodeRecording['end'] | null = null
  while (end === null) {
    const [observation, reward, terminated, truncated] = env.step(options.discrete ? push : Float32Array.of(push))
    observations.push(...(observation as Float32Array))
    rewards.push(reward)
    end = terminated ? 'terminated' : truncated ? 'truncated' : null
  }
  const length = rewards.length
  return {
    env: 'Drift-v0',
    envOptions: {},
    seed: 1,
    episode: 1,
    start,
    length,
    return: rewards.reduce((a, b) => a + b, 0),
    end,
    actionKind: options.discrete ? 'discrete' : 'continuous',
    observationSize: 2,
    actionSize: 1,
    observations: Float32Array.from(observations),
    actions: new Float32Array(length).fill(push),
    rewards: Float64Array.from(rewards),
    values: Float32Array.from({ length }, (_, t) => t),
    logProbs: Float32Array.from({ length }, (_, t) => -t),
  }
}
