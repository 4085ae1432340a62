/** The environments of this library: one line each, with the limits and thresholds that Gymnasium gives them. */
import { cartpole } from './classic-control/cartpole.js'
import type { Registration } from './registry.js'

export const standard: readonly Registration[] = [{ id: 'CartPole-v1', functions: cartpole, maxEpisodeSteps: 500, rewardThreshold: 475 }]
