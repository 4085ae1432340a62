/** A learner that can choose without its critic is asked for all values of a rollout together: not a bit may differ, recordings included. */
import { describe, expect, test } from 'vitest'
import { createFusedLearner } from '../../../agents/learners/fused-learner.js'
import type { Learner } from '../../../agents/learners/learner.js'
import { actionAdapter } from '../../../agents/rollout/actions.js'
import { createCollector } from '../../../agents/rollout/collect.js'
import { makeVec } from '../../../envs/registry.js'
import { createClip } from '../../../src/clip/registry.js'
import { networkSchema, optimizerSchema } from '../../../src/core/config/schema.js'
import { stream } from '../../../src/core/random.js'
import type { KernelBuild } from '../../../src/kernels/kernels.js'
import { bestBuild, loadKernels } from '../../../src/kernels/load.js'
import { createRecorder } from '../../../src/train/recorder.js'

const BUILDS: readonly KernelBuild[] = bestBuild() === 'relaxed' ? ['plain', 'strict', 'relaxed'] : ['plain', 'strict']
const STEPS = 40
const ENVS = 5

/** CartPole with episodes cut after 15 steps, so that some end by time and their final observation is valued. */
function world(build: KernelBuild) {
  const venv = makeVec('CartPole-v1', { numEnvs: ENVS, maxEpisodeSteps: 15 })
  const learner = createFusedLearner({
    observationSize: 4,
    distribution: actionAdapter(venv.actionSpace).distribution,
    network: networkSchema.parse({ hidden: [20, 9] }),
    optimizer: optimizerSchema.parse({}),
    clip: createClip({ name: 'none' }),
    seed: 3,
    kernels: loadKernels({ build }),
  })
  return { venv, learner }
}

/** Three rollouts, and every second episode as recorded. */
function watched({ venv, learner }: ReturnType<typeof world>, acting: Pick<Learner, 'act' | 'choose' | 'values'>) {
  const collector = createCollector({ venv, learner: acting, steps: STEPS, seed: 1 })
  const recorder = createRecorder({
    ...{ venv, env: 'CartPole-v1', envOptions: {}, seed: 1, every: 2 },
    ...{ observationSize: 4, actionSize: 1, actionKind: 'discrete' as const },
  })
  recorder.begin()
  const rollouts = [1, 2, 3].map(() => {
    const { rollout } = collector.collect(recorder.watch)
    recorder.valued(rollout.values)
    return structuredClone(rollout)
  })
  learner.dispose()
  return { rollouts, recordings: recorder.take() }
}

describe.each(BUILDS)('on the %s kernels', (build) => {
  test('values asked for at once are those of every step', () => {
    const [one, other] = [world(build), world(build)]
    const { act, values } = other.learner
    const together = watched(one, one.learner)
    const apart = watched(other, { act, values })
    expect(together.rollouts).toEqual(apart.rollouts)
    expect(together.recordings).toEqual(apart.recordings)
    expect(together.rollouts[0]!.truncated.includes(1)).toBe(true)
    expect(together.recordings.length).toBeGreaterThan(5)
    for (const { values: told, length } of together.recordings) {
      expect(told).toHaveLength(length)
      expect(told.every((value) => value !== 0)).toBe(true)
    }
  })

  test('V of a row, and what is chosen for it, do not depend on the rows beside it', () => {
    const { learner } = world(build)
    const random = stream(1, 'rows')
    const rows = Float32Array.from({ length: 150 * 4 }, () => 3 * random.normal())
    const all = learner.values(rows, 150).slice()
    const { logProbs } = learner.act(rows, 150, 'greedy')
    const likely = logProbs.slice()
    for (let count = 1; count <= 13; count++) {
      for (let from = 0; from + count <= 150; from += count) {
        const some = rows.subarray(4 * from, 4 * (from + count))
        expect(learner.values(some, count)).toEqual(all.slice(from, from + count))
        expect(learner.choose!(some, count, 'greedy').logProbs).toEqual(likely.slice(from, from + count))
      }
    }
    learner.dispose()
  })
})
