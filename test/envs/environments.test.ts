/** Every registered environment keeps the laws of environments. */
import { registeredIds } from '../../envs/registry.js'
import { envSuite } from '../suites/env.js'

for (const id of registeredIds()) envSuite(id)

envSuite('CartPole-v1', { suttonBartoReward: true })
envSuite('Pendulum-v1', { g: 9.81 })
envSuite('MountainCar-v0', { goalVelocity: 0.01 })
envSuite('FrozenLake-v1', { desc: ['SFS', 'HFG'], isSlippery: false, rewardSchedule: [10, -1, -0.1] })
envSuite('FrozenLake-v1', { mapName: 'random', successRate: 0.6 })
envSuite('CartPole-v1', { kinematicsIntegrator: 'semi-implicit' })
envSuite('Acrobot-v1', { bookOrNips: 'nips', torqueNoiseMax: 0.5 })
envSuite('Taxi-v4', { isRainy: true, ficklePassenger: true })
envSuite('Blackjack-v1', { sab: false, natural: true })
envSuite('MinAtar/Asterix-v1', { stickyActionProb: 0, difficultyRamping: false })
envSuite('teaching/IdentityMultiDiscrete-v0', { n: 5, size: 3 })
envSuite('teaching/Memory-v0', { cues: 4, delay: 10 })
envSuite('teaching/Target-v0', { size: 1 })
