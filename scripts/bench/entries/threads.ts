/**
 * Updates of one small run on one thread and on two: wall time, because that is what a second core is for. The quickest of many short
 * rounds counts: on a machine that is busy with others a second core is free for moments only.
 *
 * What is serial is derived: with s ms that only one thread works and p ms that can be shared, one thread takes s + p and two take s + p/2.
 */
import { createFusedLearner } from '../../../agents/learners/fused-learner.js'
import type { Hyperparameters } from '../../../agents/learners/learner.js'
import type { Threads } from '../../../agents/learners/thread-choice.js'
import { categorical } from '../../../agents/networks/categorical.js'
import { rolloutBuffer } from '../../../agents/rollout/buffer.js'
import type { Rollout } from '../../../agents/rollout/rollout.js'
import { criticCrew } from '../../../src/cli/critic-crew.js'
import { createClip } from '../../../src/clip/registry.js'
import { stream } from '../../../src/core/random.js'
import { bestBuild, loadKernels } from '../../../src/kernels/load.js'
import { NETWORK, OPTIMIZER, SEED } from '../cleanrl.js'
import type { BenchEntry, BenchNumber } from '../entry.js'
import { measure, type Timing } from '../harness.js'

const SIZES = [64, 128, 256, 2048]
const STEPS = 16 // of one update
const START_MS = 2_000 // a thread is there by then, also from sources
const CLIPS = { joint: { name: 'global-norm', tau: 0.5 }, 'own norms': { name: 'global-norm', tau: 0.5, per: 'network' } } as const

export const threads: BenchEntry = {
  name: 'threads',
  what: "PPO updates of CartPole's networks on one thread and on two, and which of them auto takes",

  async run() {
    if (bestBuild() === null) return { unit: 'minibatch step', timings: [], numbers: [], notes: ['no WebAssembly SIMD on this machine'] }
    const timings: Timing[] = []
    const numbers: BenchNumber[] = []
    for (const size of SIZES) {
      const rollout = inventedRollout(STEPS * size)
      const learners = {
        [`one, ${size}`]: learner(1, 'joint'),
        [`two, ${size}`]: learner(2, 'joint'),
        [`auto, ${size}`]: learner('auto', 'joint'),
        [`two, own norms, ${size}`]: learner(2, 'own norms'),
      }
      await new Promise((resolve) => setTimeout(resolve, START_MS))
      const works = Object.entries(learners).map(([name, of]) => [name, async () => void (await of.update(rollout, hyper(size)))] as const)
      const all = await measure(Object.fromEntries(works), { units: STEPS, roundMs: 20, rounds: 40 })
      for (const of of Object.values(learners)) of.dispose()
      timings.push(...all)
      const [one, two, auto, own] = all.map(({ wallRounds }) => Math.min(...wallRounds!)) as [number, number, number, number]
      numbers.push(
        { name: `two against one, minibatch ${size}`, value: one / two, unit: 'x', target: { atLeast: 1.8 } },
        { name: `two against one, a norm per network, minibatch ${size}`, value: one / own, unit: 'x', target: { atLeast: 1.8 } },
        { name: `auto against the faster, minibatch ${size}`, value: auto / Math.min(one, two), unit: 'x' },
        { name: `two threads, minibatch ${size}`, value: 1000 * two, unit: 'µs' },
        { name: `serial part of it, minibatch ${size}`, value: 1000 * (2 * two - one), unit: 'µs' },
      )
    }
    return { unit: 'minibatch step', timings, numbers }
  },
}

const learner = (number: Threads, clip: keyof typeof CLIPS) =>
  createFusedLearner({
    ...{ observationSize: 4, distribution: categorical([2]), network: NETWORK, optimizer: OPTIMIZER, seed: SEED },
    ...{ clip: createClip(CLIPS[clip]), kernels: loadKernels(), threads: number, crew: criticCrew() },
  })

const hyper = (minibatchSize: number): Hyperparameters => ({
  ...{ objective: 'ppo', learningRate: 1e-6, epochs: 1, minibatchSize, ratioClip: 0.2, valueClip: 0.2 },
  ...{ valueCoefficient: 0.5, entropyCoefficient: 0.01, normalizeAdvantages: true, targetKl: null },
})

function inventedRollout(rows: number): Rollout {
  const random = stream(SEED, 'rollout')
  const rollout = rolloutBuffer(rows, 1, 4, 1)
  for (const array of [rollout.observations, rollout.advantages, rollout.returns, rollout.values])
    for (let i = 0; i < array.length; i++) array[i] = random.normal()
  for (let row = 0; row < rows; row++) {
    rollout.actions[row] = row % 2
    rollout.logProbs[row] = 0.1 * random.normal() - 0.69
  }
  return rollout
}
