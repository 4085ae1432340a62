/** What an agent learnt, without what it learns with: how it acts, its statistics frozen as they were when it was saved. */
import { type ActingPolicy, normalizedActing } from '../../agents/rollout/normalizer.js'
import type { VectorEnv } from '../../envs/vector/vector-env.js'
import { type Bundle, bundlePart } from '../core/bundle.js'
import type { RunConfig } from '../core/config/schema.js'
import { actingOf, makeLearner, makeNormalizer } from './parts.js'

/** Acts on encoded observations that are not normalised yet: what `evaluate` takes. */
export interface Policy extends ActingPolicy {
  dispose(): void
}

/**
 * The policy in a snapshot of a run.
 * @param config the run's own  @param venv environments of its kind, however many
 * @throws RunError when the snapshot is not one of such a run
 */
export async function loadPolicy(config: RunConfig, venv: VectorEnv, snapshot: Bundle): Promise<Policy> {
  const agent = bundlePart(snapshot, 'agent')
  const normalizer = makeNormalizer(config, venv)
  normalizer?.load(bundlePart(agent, 'normalizer'))
  const learner = await makeLearner(config, venv)
  learner.load(bundlePart(agent, 'learner'))
  return { ...normalizedActing(learner, normalizer, actingOf(config)), dispose: () => learner.dispose() }
}
