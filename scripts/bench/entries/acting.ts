/** Acting in CartPole with 8 environments: both networks, a drawn action, its log-probability and the value. */

import { tfjsPolicy } from '../baselines/all-tfjs-ppo.js'
import { cartpoleLearner } from '../cleanrl.js'
import type { BenchEntry } from '../entry.js'
import { measure, ratioOf } from '../harness.js'

const NUM_ENVS = 8

export const acting: BenchEntry = {
  name: 'acting',
  what: `acting in CartPole with ${NUM_ENVS} environments, sampling and value included`,

  async run() {
    const { venv, learner } = cartpoleLearner(NUM_ENVS)
    const { learner: tensors } = cartpoleLearner(NUM_ENVS, undefined, 'wasm')
    const theirs = tfjsPolicy(venv)
    let observations = venv.reset({ seed: 1 }).slice()
    const stepWith = (act: (rows: Float32Array, count: number) => { readonly actions: Float32Array }) => () => {
      observations = venv.step(act(observations, NUM_ENVS).actions).observations.slice()
    }
    const ours = (rows: Float32Array, count: number) => learner.act(rows, count, 'sample')
    const timings = await measure({
      ours: () => void ours(observations, NUM_ENVS),
      'ours where TensorFlow.js learns': () => void tensors.act(observations, NUM_ENVS, 'sample'),
      'tfjs tensors': () => void theirs.act(observations, NUM_ENVS),
      'ours + environments': stepWith(ours),
      'tfjs tensors + environments': stepWith(theirs.act),
    })
    theirs.dispose()
    learner.dispose()
    tensors.dispose()
    return {
      unit: `vector step of ${NUM_ENVS} environments`,
      timings,
      numbers: [
        { name: 'ours against tensors', ...ratioOf(timings, 'tfjs tensors', 'ours'), unit: 'x', target: { atLeast: 2 } },
        {
          name: 'ours where TensorFlow.js learns, against tensors',
          ...ratioOf(timings, 'tfjs tensors', 'ours where TensorFlow.js learns'),
          unit: 'x',
        },
        { name: 'with environments', ...ratioOf(timings, 'tfjs tensors + environments', 'ours + environments'), unit: 'x' },
      ],
    }
  },
}
