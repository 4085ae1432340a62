import { expect, test } from 'vitest'
import { makeVec } from '../../envs/registry.js'
import { taxiMask } from '../../envs/toy-text/taxi.js'
import { evaluate, evaluationMetrics } from '../../src/train/evaluate.js'

/** Always the same action. */
const always = (action: number) => ({
  act: (_observations: Float32Array, count: number) => ({
    actions: new Float32Array(count).fill(action),
    logProbs: new Float32Array(count),
    values: new Float32Array(count),
  }),
})

test('one episode per environment, each from its own seed', () => {
  const evaluation = evaluate(always(0), makeVec('CartPole', { numEnvs: 5 }), 3)
  expect(evaluation.returns).toEqual(evaluation.lengths) // a reward of 1 per step
  for (const length of evaluation.lengths) expect(length).toBeLessThan(15)
  expect(evaluate(always(0), makeVec('CartPole', { numEnvs: 5 }), 3)).toEqual(evaluation)
  expect(evaluationMetrics({ returns: [1, 3], lengths: [5, 7] })).toEqual({
    'eval/mean_reward': 2,
    'eval/std_reward': 1,
    'eval/mean_ep_length': 6,
  })
})

test('a policy that goes round for ever is cut after 10,000 steps and counts as far as it came', () => {
  const UP = 0 // into the wall, at −1 a step
  expect(evaluate(always(UP), makeVec('CliffWalking', { numEnvs: 2 }), 1)).toEqual({
    returns: [-10_000, -10_000],
    lengths: [10_000, 10_000],
  })
})

test('masks of the environment reach the policy, each of its own observation; off, none do', () => {
  const heard: (Uint8Array | undefined)[] = []
  const wanted: number[][] = []
  const policy = (masks: 'auto' | 'off') => ({
    acting: { masks },
    act: (rows: Float32Array, count: number, _mode: string, allowed?: Uint8Array) => {
      heard.push(allowed?.slice())
      wanted.push(Array.from({ length: count }, (_, i) => taxiMask(rows.subarray(i * 500, (i + 1) * 500).indexOf(1))).flat())
      return {
        ...always(0).act(rows, count),
        actions: Float32Array.from({ length: count }, (_, i) => allowed?.subarray(i * 6, i * 6 + 6).indexOf(1) ?? 0),
      }
    },
  })
  const make = () => makeVec('Taxi', { numEnvs: 2, maxEpisodeSteps: 5 })
  evaluate(policy('auto'), make(), 1)
  expect(heard.map((mask) => [...mask!])).toEqual(wanted)
  heard.length = 0
  evaluate(policy('off'), make(), 1)
  expect(new Set(heard)).toEqual(new Set([undefined]))
})
