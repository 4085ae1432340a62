/**
 * Proximal policy optimisation.
 *
 * Source: Schulman et al. 2017, "Proximal Policy Optimization Algorithms" (arXiv:1707.06347), algorithm 1, with the details that make it
 * work (Huang et al. 2022, "The 37 Implementation Details of PPO"): orthogonal weights, advantages normalised per minibatch, GAE, linear
 * schedules, value clipping and a target KL where asked for. We differ from CleanRL's ppo.py in that a truncated episode is worth V of its
 * final observation, and from both papers in what bounds the gradient (src/clip).
 */
import { scheduled } from '../src/core/config/schema.js'
import { UsageError } from '../src/core/errors.js'
import type { Agent, AgentOptions } from './agent.js'
import { agentState } from './agent-state.js'
import type { Hyperparameters } from './learners/learner.js'
import { estimateAdvantages } from './rollout/advantage.js'
import { createCollector } from './rollout/collect.js'

/** @throws UsageError when a space is not supported, or a minibatch would be too small to normalise its advantages */
export function ppo({ venv, learner, learn, normalizer, acting, seed }: AgentOptions): Agent {
  const { rolloutSteps, minibatchSize, epochs, gamma, lambda } = learn
  const rows = rolloutSteps * venv.numEnvs
  if (learn.normalizeAdvantages && Math.min(rows, minibatchSize) < 2) {
    throw new UsageError(
      `ppo: normalizing advantages needs minibatches of at least 2 rows, got ${Math.min(rows, minibatchSize)} ` +
        `(learn.rolloutSteps ${rolloutSteps} × numEnvs ${venv.numEnvs} = ${rows} rows, learn.minibatchSize ${minibatchSize}).`,
    )
  }
  const collector = createCollector({ venv, learner, normalizer, acting, steps: rolloutSteps, seed })

  return {
    stepsPerIteration: rows,

    async iterate(progress, onStep, onRollout) {
      // Run policy π_old in N environments for T steps.
      const { rollout, episodes } = collector.collect(onStep)
      onRollout?.(rollout)

      // Compute advantage estimates Â_1 … Â_T, and the returns that the critic learns.
      estimateAdvantages(rollout, gamma, lambda, rollout.advantages, rollout.returns)

      // Optimise the surrogate L, with K epochs and minibatches of M ≤ N·T rows (losses/, learners/update.ts).
      const hyper: Hyperparameters = {
        objective: 'ppo',
        learningRate: scheduled(learn.learningRate, progress),
        epochs,
        minibatchSize: Math.min(minibatchSize, rows),
        ratioClip: scheduled(learn.ratioClip, progress),
        valueClip: learn.valueClip,
        valueCoefficient: learn.valueCoefficient,
        entropyCoefficient: scheduled(learn.entropyCoefficient, progress),
        normalizeAdvantages: learn.normalizeAdvantages,
        targetKl: learn.targetKl,
      }
      const report = await learner.update(rollout, hyper)

      // π_old ← π: acting reads the parameters that were just changed.
      return { steps: rows, episodes, report, hyper }
    },

    ...agentState(learner, venv, collector, normalizer),
  }
}
