import { describe, expect, test } from 'vitest'
import { actionMasks } from '../../../agents/rollout/action-masks.js'
import { actionAdapter } from '../../../agents/rollout/actions.js'
import { createCollector } from '../../../agents/rollout/collect.js'
import { gatherer } from '../../../agents/rollout/minibatch.js'
import type { Info } from '../../../envs/core.js'
import { makeVec } from '../../../envs/registry.js'
import { box } from '../../../envs/spaces/box.js'
import { discrete } from '../../../envs/spaces/discrete.js'
import { multiBinary } from '../../../envs/spaces/multi-binary.js'
import { multiDiscrete } from '../../../envs/spaces/multi-discrete.js'
import type { Space } from '../../../envs/spaces/space.js'
import { taxiMask } from '../../../envs/toy-text/taxi.js'
import type { VectorEnv } from '../../../envs/vector/vector-env.js'
import { stream } from '../../../src/core/random.js'
import { scriptedVec } from '../support/scripted-env.js'

/** Two environments that tell `infos` after their reset. */
function telling(actionSpace: Space, infos: readonly Info[]): VectorEnv {
  const numEnvs = infos.length
  const space = box({ low: 0, high: 1 })
  const venv = scriptedVec({
    numEnvs,
    observationSpace: space,
    actionSpace,
    first: () => [0],
    step: () => ({ observation: [0], reward: 0 }),
  })
  return { ...venv, infos: () => infos }
}
const masksOf = (space: Space, infos: readonly Info[], masks: 'auto' | 'off' = 'auto') =>
  actionMasks(telling(space, infos), actionAdapter(space), { masks })

describe('reading', () => {
  test.each([
    ['a list', discrete(3), [1, 0, 1], [1, 0, 1]],
    ['an Int8Array', discrete(3), Int8Array.of(0, 0, 1), [0, 0, 1]],
    ['true and false', discrete(3), [true, false, true], [1, 0, 1]],
    ['one list of several choices', multiDiscrete([2, 3]), [1, 0, 0, 1, 1], [1, 0, 0, 1, 1]],
    ['a list for each choice', multiDiscrete([2, 3]), [[0, 1], Int8Array.of(1, 1, 0)], [0, 1, 1, 1, 0]],
    [
      'off and on of bits',
      multiBinary(2),
      [
        [1, 0],
        [1, 1],
      ],
      [1, 0, 1, 1],
    ],
  ])('%s', (_form, space, mask, want) => {
    for (const name of ['actionMask', 'action_mask']) expect([...masksOf(space, [{ [name]: mask }])!.current]).toEqual(want)
  })

  test('no masks: none, or off, or an environment that cannot say', () => {
    expect(masksOf(discrete(2), [{}, { prob: 1 }])).toBeNull()
    expect(masksOf(discrete(2), [{ actionMask: [1, 0] }], 'off')).toBeNull()
    const { infos: _, ...silent } = telling(discrete(2), [{}])
    expect(actionMasks(silent, actionAdapter(discrete(2)))).toBeNull()
  })

  test('an environment that leaves its mask out allows everything', () => {
    const masks = masksOf(discrete(2), [{ actionMask: [1, 0] }, {}])!
    expect([...masks.current]).toEqual([1, 0, 1, 1])
    masks.read([{}, { actionMask: [0, 1] }], 'at step 3 of the rollout')
    expect([...masks.current]).toEqual([1, 1, 0, 1])
  })

  test.each([
    [
      discrete(3),
      [0, 0, 0],
      'environment: the action mask of environment 1 after reset allows nothing: expected at least one 1 among 3 choices, got [0, 0, 0].',
    ],
    [multiDiscrete([2, 2]), [1, 1, 0, 0], 'allows nothing for choice 1: expected at least one 1 among 2 choices, got [0, 0].'],
    [discrete(3), [1, 0], 'environment: the action mask of environment 1 after reset: expected 3 numbers, each 0 or 1, got [1,0].'],
    [discrete(3), [1, 0, 2], 'expected 3 numbers, each 0 or 1, got [1,0,2].'],
    [
      multiDiscrete([2, 3]),
      [
        [1, 1],
        [1, 1],
      ],
      'expected 5 numbers, or lists of 2, 3, each 0 or 1, got [[1,1],[1,1]].',
    ],
    [discrete(3), 'all', 'expected 3 numbers, each 0 or 1, got "all".'],
  ])('refused: %#', (space, mask, message) => {
    const good = Array.from({ length: actionAdapter(space).distribution.outputSize }, () => 1)
    expect(() => masksOf(space, [{ actionMask: good }, { actionMask: mask }])).toThrow(message)
  })

  test('masks for actions that are no choices are refused with the remedy', () => {
    expect(() => masksOf(box({ low: 0, high: 1 }), [{ actionMask: [1] }])).toThrow(
      'environment: info.actionMask: expected masks with discrete actions only, got one with box actions; set masks=off.',
    )
  })
})

describe('a masked rollout', () => {
  const random = stream(2, 'test')
  const learner = {
    act: (_: Float32Array, count: number, _mode: string, masks?: Uint8Array) => ({
      actions: Float32Array.from({ length: count }, (_, n) => {
        const allowed = [0, 1, 2, 3, 4, 5].filter((k) => masks === undefined || masks[n * 6 + k] === 1)
        return allowed[random.below(allowed.length)]!
      }),
      logProbs: new Float32Array(count),
      values: new Float32Array(count),
    }),
    values: (_: Float32Array, count: number) => new Float32Array(count),
  }
  const states = (rows: Float32Array) =>
    Array.from({ length: rows.length / 500 }, (_, i) => rows.subarray(i * 500, (i + 1) * 500).indexOf(1))

  test.each(['arrays', 'serial'] as const)(
    'Taxi in %s: each row holds the mask of its own state, over the ends of episodes too',
    (vectorization) => {
      const venv = makeVec('Taxi-v4', { numEnvs: 3, vectorization, maxEpisodeSteps: 7 })
      const collector = createCollector({ venv, learner, steps: 30, seed: 4 })
      collector.collect()
      const { rollout, episodes } = collector.collect()
      expect(episodes.length).toBeGreaterThan(10)
      expect([...rollout.masks!]).toEqual(states(rollout.observations).flatMap((code) => [...taxiMask(code)]))
      rollout.actions.forEach((action, row) => {
        expect(rollout.masks![row * 6 + action]).toBe(1)
      })
      const batch = gatherer()(rollout, Int32Array.of(5, 40, 2), 1, 3)
      expect([...batch.masks!]).toEqual([...rollout.masks!.subarray(240, 246), ...rollout.masks!.subarray(12, 18)])
    },
  )

  test('off, and where there are none, a rollout has no masks', () => {
    const make = (id: string, masks: 'auto' | 'off') =>
      createCollector({
        venv: makeVec(id, { numEnvs: 2 }),
        learner: { ...learner, act: (x, n) => learner.act(x, n, '', undefined) },
        acting: { masks },
        steps: 2,
        seed: 1,
      })
    expect(make('Taxi-v4', 'off').collect().rollout.masks).toBeNull()
    expect(make('FrozenLake-v1', 'off').save().arrays['masks']).toBeUndefined()
  })

  test('saved and loaded it goes on with the masks that stood', () => {
    const make = () => makeVec('Taxi-v4', { numEnvs: 2, vectorization: 'serial' })
    const [one, two] = [make(), make()]
    const first = createCollector({ venv: one, learner, steps: 3, seed: 1 })
    first.collect()
    const saved = first.save()
    const second = createCollector({ venv: two, learner, steps: 3, seed: 9 })
    second.load(saved)
    expect(second.save()).toEqual(saved)
    const { masks: _, ...bare } = saved.arrays
    expect(() => second.load({ ...saved, arrays: bare })).toThrow(
      "checkpoint: expected 12 numbers of action masks, got none; use the run's own setting of masks (auto or off)",
    )
    const unmasked = createCollector({ venv: make(), learner, acting: { masks: 'off' }, steps: 3, seed: 1 })
    expect(() => unmasked.load(saved)).toThrow('checkpoint: expected no numbers of action masks, got 12')
  })
})
