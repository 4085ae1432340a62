/** A made-up CartPole episode of `length` steps: left and right in turn, a value that falls to the end. */
import type { EpisodeRecording } from '../../src/core/events.js'

export function exampleRecording(length = 20): EpisodeRecording {
  return {
    env: 'CartPole-v1',
    envOptions: {},
    seed: 7,
    episode: 42,
    start: null,
    length,
    return: length,
    end: 'terminated',
    actionKind: 'discrete',
    observationSize: 4,
    actionSize: 1,
    observations: Float32Array.from({ length: 4 * (length + 1) }, (_, i) => Math.sin(i / 9)),
    actions: Float32Array.from({ length }, (_, t) => t % 2),
    rewards: new Float64Array(length).fill(1),
    values: Float32Array.from({ length }, (_, t) => 50 * (1 - t / length)),
    logProbs: new Float32Array(length).fill(-0.25),
  }
}
