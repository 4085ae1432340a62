/** The environments of this library: one line each, with the limits and thresholds that Gymnasium gives them. `make` learns their types here. */
import { acrobot } from './classic-control/acrobot.js'
import { cartpole } from './classic-control/cartpole.js'
import { mountainCar } from './classic-control/mountain-car.js'
import { mountainCarContinuous } from './classic-control/mountain-car-continuous.js'
import { pendulum } from './classic-control/pendulum.js'
import type { Registration } from './registry.js'
import { blackjack } from './toy-text/blackjack.js'
import { cliffWalking } from './toy-text/cliff-walking.js'
import { frozenLake } from './toy-text/frozen-lake.js'
import { taxi } from './toy-text/taxi.js'

export const standard = [
  { id: 'CartPole-v0', functions: cartpole, maxEpisodeSteps: 200, rewardThreshold: 195 },
  { id: 'CartPole-v1', functions: cartpole, maxEpisodeSteps: 500, rewardThreshold: 475 },
  { id: 'MountainCar-v0', functions: mountainCar, maxEpisodeSteps: 200, rewardThreshold: -110 },
  { id: 'MountainCarContinuous-v0', functions: mountainCarContinuous, maxEpisodeSteps: 999, rewardThreshold: 90 },
  { id: 'Acrobot-v1', functions: acrobot, maxEpisodeSteps: 500, rewardThreshold: -100 },
  { id: 'Pendulum-v1', functions: pendulum, maxEpisodeSteps: 200 },
  { id: 'FrozenLake-v1', functions: frozenLake, kwargs: { mapName: '4x4' }, maxEpisodeSteps: 100, rewardThreshold: 0.7 },
  { id: 'FrozenLake8x8-v1', functions: frozenLake, kwargs: { mapName: '8x8' }, maxEpisodeSteps: 200, rewardThreshold: 0.85 },
  { id: 'CliffWalking-v1', functions: cliffWalking },
  { id: 'CliffWalkingSlippery-v1', functions: cliffWalking, kwargs: { isSlippery: true } },
  { id: 'Taxi-v3', functions: taxi, maxEpisodeSteps: 200, rewardThreshold: 8 }, // the same: Gymnasium gave its rain a new version
  { id: 'Taxi-v4', functions: taxi, maxEpisodeSteps: 200, rewardThreshold: 8 },
  { id: 'Blackjack-v1', functions: blackjack, kwargs: { sab: true, natural: false } },
] as const satisfies readonly Registration[]
