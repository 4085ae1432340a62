/** Whole PPO training at CleanRL's settings: rollout, advantages, update. */
import { makeVec } from '../../../envs/registry.js'
import { allTfjsPpo } from '../baselines/all-tfjs-ppo.js'
import { cleanrlAgent, NUM_ENVS } from '../cleanrl.js'
import type { BenchEntry } from '../entry.js'
import { measure, ratioOf } from '../harness.js'

/** Iterations of one measurement: enough that garbage collection falls into each. */
const ITERATIONS = 3

export const training: BenchEntry = {
  name: 'training',
  what: "PPO on CartPole at CleanRL's settings (4×128, 4 minibatches, 4 epochs), rollouts and updates",

  async run() {
    const ours = cleanrlAgent()
    const tensors = cleanrlAgent(undefined, 'wasm')
    const feedback = cleanrlAgent({ name: 'loss-feedback' })
    const theirs = allTfjsPpo(makeVec('CartPole-v1', { numEnvs: NUM_ENVS }))
    const times = async (work: () => unknown) => {
      for (let i = 0; i < ITERATIONS; i++) await work()
    }
    const timings = await measure(
      {
        'ours, global norm': () => times(() => ours.iterate(0.5)),
        'ours, loss feedback': () => times(() => feedback.iterate(0.5)),
        'ours on TensorFlow.js wasm, global norm': () => times(() => tensors.iterate(0.5)),
        'all tfjs, global norm': () => times(() => theirs.iterate(0.5)),
      },
      { roundMs: 0, rounds: 11, units: ITERATIONS },
    )
    theirs.dispose()
    const stepsPerSecond = (variant: string) =>
      (ours.stepsPerIteration * 1000) / timings.find((timing) => timing.variant === variant)!.cpuMs
    return {
      unit: `iteration of ${ours.stepsPerIteration} environment steps and 16 minibatch steps`,
      timings,
      numbers: [
        {
          name: 'ours against all tfjs',
          ...ratioOf(timings, 'all tfjs, global norm', 'ours, global norm'),
          unit: 'x',
          target: { atLeast: 1.5 },
        },
        {
          name: 'loss feedback against all tfjs',
          ...ratioOf(timings, 'all tfjs, global norm', 'ours, loss feedback'),
          unit: 'x',
          target: { atLeast: 1.5 },
        },
        {
          name: 'ours on TensorFlow.js wasm against all tfjs',
          ...ratioOf(timings, 'all tfjs, global norm', 'ours on TensorFlow.js wasm, global norm'),
          unit: 'x',
        },
        { name: 'ours', value: stepsPerSecond('ours, global norm'), unit: 'steps/s' },
        { name: 'all tfjs', value: stepsPerSecond('all tfjs, global norm'), unit: 'steps/s' },
      ],
    }
  },
}
