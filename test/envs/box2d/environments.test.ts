/** The environments of this folder keep the laws of environments. */
import '../../../envs/box2d/index.js'
import { envSuite } from '../../suites/env.js'

envSuite('LunarLander-v3')
envSuite('LunarLander-v3', { enableWind: true, gravity: -11 })
envSuite('LunarLanderContinuous-v3')
envSuite('BipedalWalker-v3')
envSuite('BipedalWalkerHardcore-v3')
