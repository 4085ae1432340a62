import { expect, test } from 'vitest'
import { makeVec } from '../../envs/registry.js'
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
