/** In worker threads the worlds of this folder go the same way: a worker finds them by the module that registers them. */
import { pathToFileURL } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import type * as registry from '../../../envs/registry.js'
import type * as threads from '../../../envs/vector/node-workers.js'
import type { VectorEnv } from '../../../envs/vector/vector-env.js'
import { built } from '../../support/built.js'

const { folder, remove } = built()
afterAll(remove)

const load = (file: string): Promise<unknown> => import(pathToFileURL(`${folder}/envs/${file}`).href)

test.each(['LunarLander-v3', 'BipedalWalkerHardcore-v3'])('%s: workers and one after the other are the same', async (id) => {
  await load('box2d/index.js')
  const { makeVec } = (await load('registry.js')) as typeof registry
  const { nodeWorkers } = (await load('vector/node-workers.js')) as typeof threads
  const journey = (venv: VectorEnv) => {
    const trace = [[...venv.reset({ seed: 3 })]]
    venv.actionSpace.seed(0)
    for (let t = 0; t < 60; t++) {
      const actions = Array.from({ length: venv.numEnvs }, () => venv.actionSpace.sample()).flatMap((action) =>
        typeof action === 'number' ? [action] : [...(action as Float32Array)],
      )
      const { observations, rewards, terminated } = venv.step(actions)
      trace.push([...observations, ...rewards, ...terminated])
    }
    venv.close()
    return trace
  }
  const serial = journey(makeVec(id, { numEnvs: 3, vectorization: 'serial' }))
  expect(journey(makeVec(id, { numEnvs: 3, vectorization: 'workers', workers: nodeWorkers({ workers: 2 }) }))).toEqual(serial)
})
