/**
 * Advantage actor-critic, the synchronous form of A3C.
 *
 * Source: Mnih et al. 2016, "Asynchronous Methods for Deep Reinforcement Learning" (arXiv:1602.01783), algorithm S3, with N environments
 * stepped together in place of N threads: one gradient over all T·N rows, then the rows are thrown away. Returns are n-step
 * (lambda 1), cut by GAE's lambda where one is set. We differ in that a truncated episode is worth V of its final observation.
 */
import { scheduled } from '../src/core/config/schema.js'
import { UsageError } from '../src/core/errors.js'
import type { Agent, AgentOptions } from './agent.js'
import { agentState } from './agent-state.js'
import type { Hyperparameters } from './learners/learner.js'
import { estimateAdvantages } from './rollout/advantage.js'
import { createCollector } from './rollout/collect.js'

/** Settings of PPO alone (epochs, minibatchSize, ratioClip, valueClip, targetKl) are not read. @throws UsageError as `ppo` */
export function a2c({ venv, learner, learn, normalizer, acting, seed }: AgentOptions): Agent {
  const { rolloutSteps, gamma, lambda } = learn
  const rows = rolloutSteps * venv.numEnvs
  if (learn.normalizeAdvantages && rows < 2) {
    throw new UsageError('a2c: normalizing advantages needs at least 2 rows, got 1 (learn.rolloutSteps 1 × numEnvs 1).')
  }
  const collector = createCollector({ venv, learner, normalizer, acting, steps: rolloutSteps, seed })

  return {
    stepsPerIteration: rows,

    async iterate(progress, onStep, onRollout) {
      // Perform a_t according to π(a_t | s_t; θ) until t − t_start = t_max, in every environment.
      const { rollout, episodes } = collector.collect(onStep)
      onRollout?.(rollout)

      // R ← 0 for a terminal state, V(s_t) for one that is not; then R ← r_i + γ R backwards.
      estimateAdvantages(rollout, gamma, lambda, rollout.advantages, rollout.returns)

      // Accumulate gradients of log π · (R − V) and of (R − V)², and perform one update.
      const hyper: Hyperparameters = {
        objective: 'a2c',
        learningRate: scheduled(learn.learningRate, progress),
        epochs: 1,
        minibatchSize: rows,
        ratioClip: scheduled(learn.ratioClip, progress),
        valueClip: null,
        valueCoefficient: learn.valueCoefficient,
        entropyCoefficient: scheduled(learn.entropyCoefficient, progress),
        normalizeAdvantages: learn.normalizeAdvantages,
        targetKl: null,
      }
      const report = await learner.update(rollout, hyper)
      return { steps: rows, episodes, report, hyper }
    },

    ...agentState(learner, venv, collector, normalizer),
  }
}
