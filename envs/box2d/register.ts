/** Puts the environments of this folder into the registry, with the limits and thresholds that Gymnasium gives them. */
import type { Env } from '../core.js'
import { type Registration, register } from '../registry.js'
import { bipedalWalker } from './bipedal-walker/bipedal-walker.js'
import { lunarLander } from './lunar-lander/lunar-lander.js'

declare module '../env-types.js' {
  interface EnvTypes {
    /** A number, or two with `continuous: true`. */
    'LunarLander-v3': Env<Float32Array, number | ArrayLike<number>>
    'LunarLanderContinuous-v3': Env<Float32Array, ArrayLike<number>>
    'BipedalWalker-v3': Env<Float32Array, ArrayLike<number>>
    'BipedalWalkerHardcore-v3': Env<Float32Array, ArrayLike<number>>
  }
}

const REGISTRATIONS: readonly Registration[] = [
  { id: 'LunarLander-v3', env: lunarLander, maxEpisodeSteps: 1000, rewardThreshold: 200 },
  { id: 'LunarLanderContinuous-v3', env: lunarLander, kwargs: { continuous: true }, maxEpisodeSteps: 1000, rewardThreshold: 200 },
  { id: 'BipedalWalker-v3', env: bipedalWalker, maxEpisodeSteps: 1600, rewardThreshold: 300 },
  { id: 'BipedalWalkerHardcore-v3', env: bipedalWalker, kwargs: { hardcore: true }, maxEpisodeSteps: 2000, rewardThreshold: 300 },
]

let registered = false

/** Happens when `tau-rl/envs/box2d` is imported; another call does nothing. Without planck the names are there, and `make` says what to do. */
export function registerBox2d(): void {
  if (registered) return
  registered = true
  for (const registration of REGISTRATIONS) register(registration)
}
