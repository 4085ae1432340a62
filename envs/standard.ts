/** The environments of this library: one line each, with the limits and thresholds that Gymnasium gives them where it has them. `make` learns their types here. */
import { acrobot } from './classic-control/acrobot.js'
import { cartpole } from './classic-control/cartpole.js'
import { mountainCar } from './classic-control/mountain-car.js'
import { mountainCarContinuous } from './classic-control/mountain-car-continuous.js'
import { pendulum } from './classic-control/pendulum.js'
import { asterix } from './minatar/asterix.js'
import { breakout } from './minatar/breakout.js'
import { freeway } from './minatar/freeway.js'
import { seaquest } from './minatar/seaquest.js'
import { spaceInvaders } from './minatar/space-invaders.js'
import type { Registration } from './registry.js'
import { cartpoleNoVelocity } from './teaching/cartpole-no-velocity.js'
import { identity, identityBox, identityMultiBinary, identityMultiDiscrete } from './teaching/identity.js'
import { memory } from './teaching/memory.js'
import { target } from './teaching/target.js'
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
  // MinAtar: v0 with all six actions, v1 with those that do something. The limit is ours; Freeway ends by itself.
  { id: 'MinAtar/Asterix-v0', functions: asterix, kwargs: { useMinimalActionSet: false }, maxEpisodeSteps: 10_000 },
  { id: 'MinAtar/Asterix-v1', functions: asterix, kwargs: { useMinimalActionSet: true }, maxEpisodeSteps: 10_000 },
  { id: 'MinAtar/Breakout-v0', functions: breakout, kwargs: { useMinimalActionSet: false }, maxEpisodeSteps: 10_000 },
  { id: 'MinAtar/Breakout-v1', functions: breakout, kwargs: { useMinimalActionSet: true }, maxEpisodeSteps: 10_000 },
  { id: 'MinAtar/Freeway-v0', functions: freeway, kwargs: { useMinimalActionSet: false } },
  { id: 'MinAtar/Freeway-v1', functions: freeway, kwargs: { useMinimalActionSet: true } },
  { id: 'MinAtar/Seaquest-v0', functions: seaquest, kwargs: { useMinimalActionSet: false }, maxEpisodeSteps: 10_000 },
  { id: 'MinAtar/Seaquest-v1', functions: seaquest, kwargs: { useMinimalActionSet: true }, maxEpisodeSteps: 10_000 },
  { id: 'MinAtar/SpaceInvaders-v0', functions: spaceInvaders, kwargs: { useMinimalActionSet: false }, maxEpisodeSteps: 10_000 },
  { id: 'MinAtar/SpaceInvaders-v1', functions: spaceInvaders, kwargs: { useMinimalActionSet: true }, maxEpisodeSteps: 10_000 },
  { id: 'teaching/CartPoleNoVel-v1', functions: cartpoleNoVelocity, maxEpisodeSteps: 500, rewardThreshold: 475 },
  { id: 'teaching/Identity-v0', functions: identity, maxEpisodeSteps: 20, rewardThreshold: 19 },
  { id: 'teaching/IdentityBox-v0', functions: identityBox, maxEpisodeSteps: 20, rewardThreshold: -1 },
  { id: 'teaching/IdentityMultiBinary-v0', functions: identityMultiBinary, maxEpisodeSteps: 20, rewardThreshold: 19 },
  { id: 'teaching/IdentityMultiDiscrete-v0', functions: identityMultiDiscrete, maxEpisodeSteps: 20, rewardThreshold: 19 },
  { id: 'teaching/Memory-v0', functions: memory, maxEpisodeSteps: 100, rewardThreshold: 0.95 },
  { id: 'teaching/Target-v0', functions: target, maxEpisodeSteps: 50, rewardThreshold: -7 },
] as const satisfies readonly Registration[]
