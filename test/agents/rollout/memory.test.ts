/** What a policy remembers is carried from step to step, forgotten where an episode ends, and right where values are asked for. */
import { expect, test } from 'vitest'
import type { Learner } from '../../../agents/learners/learner.js'
import { createCollector } from '../../../agents/rollout/collect.js'
import { policyMemory } from '../../../agents/rollout/memory.js'
import { makeVec } from '../../../envs/registry.js'
import { evaluate } from '../../../src/train/evaluate.js'

/** Remembers how often it acted in this episode; the value of an observation is just that. */
function counting(): { readonly learner: Pick<Learner, 'act' | 'values' | 'stateSize'>; readonly seen: number[][] } {
  const seen: number[][] = []
  return {
    seen,
    learner: {
      stateSize: 1,
      act(_observations, count, _mode, _masks, state) {
        seen.push([...state!])
        return {
          actions: new Float32Array(count).map((_, i) => (seen.length + i) % 2), // left and right in turn: the pole stands for a while
          logProbs: new Float32Array(count),
          values: state!.slice(),
          state: state!.map((steps) => steps + 1),
        }
      },
      values: (_observations, _count, state) => state!.slice(),
    },
  }
}

const threeSteps = () => makeVec('CartPole-v1', { numEnvs: 2, maxEpisodeSteps: 3 })

test('a rollout begins with what was remembered, forgets at ends, and looks past a truncation with what was remembered then', () => {
  const { learner, seen } = counting()
  const collector = createCollector({ venv: threeSteps(), learner, steps: 5, seed: 1 })
  const first = structuredClone(collector.collect().rollout)
  expect(seen).toEqual([0, 1, 2, 0, 1].map((steps) => [steps, steps]))
  expect(first.states).toEqual(Float32Array.of(0, 0))
  expect([...first.truncated]).toEqual([0, 0, 0, 0, 1, 1, 0, 0, 0, 0])
  expect([...first.finalValues]).toEqual([0, 0, 0, 0, 3, 3, 0, 0, 0, 0]) // three times acted before the last observation
  expect([...first.lastValues]).toEqual([2, 2])
  const second = collector.collect().rollout
  expect(second.states).toEqual(Float32Array.of(2, 2))
  expect([...second.finalValues].filter((value) => value !== 0)).toEqual([3, 3, 3, 3])
})

test('what is remembered is saved and loaded', () => {
  const { learner, seen } = counting()
  const venv = threeSteps()
  const collector = createCollector({ venv, learner, steps: 4, seed: 1 })
  collector.collect()
  const saved = { collector: collector.save(), venv: venv.save() }
  collector.collect()
  const straight = seen.slice(4)
  const other = threeSteps()
  const resumed = createCollector({ venv: other, learner, steps: 4, seed: 9 })
  resumed.load(saved.collector)
  other.load(saved.venv)
  seen.length = 0
  resumed.collect()
  expect(seen).toEqual(straight)
  const { memory: _, ...without } = saved.collector.arrays
  expect(() => resumed.load({ ...saved.collector, arrays: without })).toThrow('expected 2 numbers that the policy remembers, got none')
})

test('evaluation carries it too', () => {
  const { learner, seen } = counting()
  evaluate(learner, threeSteps(), 1)
  expect(seen).toEqual([0, 1, 2].map((steps) => [steps, steps]))
})

test('who sees the present alone is asked to keep nothing', () => {
  const memory = policyMemory({}, 3)
  expect([memory.size, memory.current, memory.of([0, 1]), memory.save()]).toEqual([0, undefined, undefined, {}])
})
