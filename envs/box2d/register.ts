/** Puts the environments of this folder into the registry, with the limits and thresholds that Gymnasium gives them. */
import { type Registration, register } from '../registry.js'
import { bipedalWalker } from './bipedal-walker/bipedal-walker.js'
import { lunarLander } from './lunar-lander/lunar-lander.js'

const REGISTRATIONS: readonly Registration[] = [
  { id: 'LunarLander-v3', env: lunarLander, maxEpisodeSteps: 1000, rewardThreshold: 200 },
  { id: 'LunarLanderContinuous-v3', env: lunarLander, kwargs: { continuous: true }, maxEpisodeSteps: 1000, rewardThreshold: 200 },
  { id: 'BipedalWalker-v3', env: bipedalWalker, maxEpisodeSteps: 1600, rewardThreshold: 300 },
  { id: 'BipedalWalkerHardcore-v3', env: bipedalWalker, kwargs: { hardcore: true }, maxEpisodeSteps: 2000, rewardThreshold: 300 },
]

let registered = false

/**
 * Importing `tau-rl/envs/box2d` does this; another call does nothing, and gives those who import for the names alone something to call.
 * Without planck the names are there all the same, and `make` says how to install it.
 */
export function registerBox2d(): void {
  if (registered) return
  registered = true
  for (const registration of REGISTRATIONS) register({ ...registration, module: import.meta.url })
}

registerBox2d() // here, because a worker thread imports this file to have them too
