/** What an agent needs to go on bit for bit, gathered from those who hold it. */
import type { VectorEnv } from '../envs/vector/vector-env.js'
import { bundlePart, joinBundles } from '../src/core/bundle.js'
import type { Json } from '../src/core/json.js'
import type { Agent } from './agent.js'
import type { Learner } from './learners/learner.js'
import type { Collector } from './rollout/collect.js'
import type { Normalizer } from './rollout/normalizer.js'

/** Parts of the bundle: 'learner' (its own snapshot: an evaluation loads this alone, and 'normalizer' where there is one), 'collector' and 'venv'. */
export function agentState(
  learner: Learner,
  venv: VectorEnv,
  collector: Collector,
  normalizer: Normalizer | undefined,
): Pick<Agent, 'save' | 'load'> {
  return {
    save: () =>
      joinBundles({
        learner: learner.save(),
        collector: collector.save(),
        venv: { header: { state: venv.save() }, arrays: {} },
        ...(normalizer && { normalizer: normalizer.save() }),
      }),
    load(saved) {
      learner.load(bundlePart(saved, 'learner'))
      normalizer?.load(bundlePart(saved, 'normalizer'))
      collector.load(bundlePart(saved, 'collector'))
      venv.load(bundlePart(saved, 'venv').header['state'] as Json)
    },
  }
}
