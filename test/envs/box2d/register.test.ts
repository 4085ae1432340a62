/** The names of this folder appear when it is imported, and not before. */
import { expect, test } from 'vitest'
import { make, makeVec, registeredIds, spec } from '../../../envs/registry.js'

const IDS = ['BipedalWalker-v3', 'BipedalWalkerHardcore-v3', 'LunarLander-v3', 'LunarLanderContinuous-v3']

test('registered by the import, once', async () => {
  expect(registeredIds().filter((id) => IDS.includes(id))).toEqual([])
  const { registerBox2d } = await import('../../../envs/box2d/index.js')
  expect(registeredIds().filter((id) => IDS.includes(id))).toEqual(IDS)
  expect(() => registerBox2d()).not.toThrow()

  expect(IDS.map((id) => spec(id)).map(({ maxEpisodeSteps, rewardThreshold }) => [maxEpisodeSteps, rewardThreshold])).toEqual([
    [1600, 300],
    [2000, 300],
    [1000, 200],
    [1000, 200],
  ])
  expect(make('LunarLanderContinuous').actionSpace).toMatchObject({ kind: 'box', shape: [2] })
  expect(make('LunarLander').actionSpace).toMatchObject({ kind: 'discrete', n: 4 })
  expect(makeVec('BipedalWalker', { numEnvs: 2 }).observationSpace.size).toBe(24)
})
