import { describe, expect, test } from 'vitest'
import type { Json } from '../../../envs/json.js'
import { makeVec } from '../../../envs/registry.js'
import type { VectorEnv } from '../../../envs/vector/vector-env.js'
import { fixture } from '../../support/fixtures.js'

// biome-ignore lint/suspicious/noExplicitAny: fixture rows
type Row = any

const MODES: Readonly<Record<string, 'same-step' | 'next-step'>> = { SAME_STEP: 'same-step', NEXT_STEP: 'next-step' }
const cases = fixture('wrappers').cases.filter((c: Row) => c.name === 'vector.RecordEpisodeStatistics')

describe('vector RecordEpisodeStatistics', () => {
  test.each<Row>(cases)('tells the episodes that Gymnasium tells, $mode', (c) => {
    const venv = makeVec(c.env, { numEnvs: c.num_envs, autoreset: MODES[c.mode]! })
    venv.reset({ seed: c.seed })
    const told = c.actions.flatMap((actions: number[], step: number) =>
      venv.step(actions).episodes.map(({ env, return: r, length: l }) => ({ step, env, r, l })),
    )
    expect(told).toEqual(c.episode_info.map(({ step, env, r, l }: Row) => ({ step, env, r, l })))
  })

  test('a reset by mask forgets only where the mask says', () => {
    const venv = makeVec('CartPole', { numEnvs: 2, autoreset: 'disabled', maxEpisodeSteps: 4 })
    venv.reset({ seed: 0 })
    venv.step([0, 1])
    venv.reset({ mask: [true, false] })
    venv.step([1, 0])
    venv.step([0, 1])
    expect(venv.step([1, 0]).episodes).toEqual([{ env: 1, return: 4, length: 4, terminated: false, truncated: true }])
    expect(venv.step([0, 0]).episodes[0]).toEqual({ env: 0, return: 4, length: 4, terminated: false, truncated: true })
  })
  test('saved between the end of an episode and the next step it begins anew all the same', () => {
    const [one, two] = [0, 0].map(() => makeVec('CartPole', { numEnvs: 2, maxEpisodeSteps: 3 })) as [VectorEnv, VectorEnv]
    one.reset({ seed: 0 })
    for (let t = 0; t < 3; t++) one.step([0, 1])
    two.load(JSON.parse(JSON.stringify(one.save())) as Json)
    for (let t = 0; t < 2; t++) expect(two.step([1, 0]).episodes).toEqual([])
    expect(two.step([0, 1]).episodes).toMatchObject([
      { env: 0, return: 3, length: 3 },
      { env: 1, return: 3, length: 3 },
    ])
  })
})
