/** The environments of this folder keep the laws of environments. */
import '../../../envs/box2d/index.js'
import { registeredIds } from '../../../envs/registry.js'
import { standard } from '../../../envs/standard.js'
import { envSuite } from '../../suites/env.js'

const others = new Set<string>(standard.map(({ id }) => id))
for (const id of registeredIds()) if (!others.has(id)) envSuite(id)

envSuite('LunarLander-v3', { enableWind: true, gravity: -11 })
