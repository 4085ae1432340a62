/**
 * Observations and rewards as the learner sees them: observations less their running mean, over their running deviation; rewards over the
 * running deviation of the discounted return R ← γ·R + r. Both are clipped. No mean is taken off rewards: that would change the task.
 *
 * It stands between environments and learner and belongs to the agent, so episodes, recordings and observers keep the numbers of the
 * environments, however these are stepped. Only training moves the statistics: whoever just reads `observations` finds them frozen.
 * Source: Stable-Baselines3's VecNormalize. It differs from Gymnasium's NormalizeReward (envs/vector/normalize-reward.ts) in that R still
 * holds the whole episode in the step that ends it. Statistics are float64.
 */
import type { Dict } from '../../envs/spaces/dict.js'
import type { Space } from '../../envs/spaces/space.js'
import type { Tuple } from '../../envs/spaces/tuple.js'
import type { VectorStep } from '../../envs/vector/vector-env.js'
import { runningMoments } from '../../envs/wrappers/running-moments.js'
import type { Bundle } from '../../src/core/bundle.js'
import type { NormalizeConfig } from '../../src/core/config/schema.js'
import { RunError, UsageError } from '../../src/core/errors.js'
import type { Learner } from '../learners/learner.js'
import type { Acting } from './actions.js'

export interface Normalizer {
  /**
   * @param rows [count, D] observations as the encoder gives them, which leaves alone whatever is normalised here
   * @returns [count, D] what the network reads: `rows` themselves where observations are left alone, else the normaliser's own array, valid
   * until its next call
   */
  observations(rows: Float32Array): Float32Array
  /** Every environment has begun an episode. @param observations [N, D] as it shows them; they count */
  began(observations: Float32Array): void
  /**
   * What came of a step counts: its rewards, and the observations to act on next. Final observations do not.
   * @returns [N] rewards to learn from: the step's own where they are left alone, else the normaliser's own array, valid until its next call
   */
  stepped(step: Pick<VectorStep, 'observations' | 'rewards' | 'terminated' | 'truncated'>): Float64Array
  save(): Bundle
  load(saved: Bundle): void
}

export interface NormalizerOptions {
  readonly normalize: NormalizeConfig
  readonly observationSpace: Space
  readonly numEnvs: number
  /** The learner's discount. */
  readonly gamma: number
}

/** @throws UsageError when observations are to be normalised and are not all plain numbers */
export function createNormalizer({ normalize, observationSpace, numEnvs, gamma }: NormalizerOptions): Normalizer {
  const { epsilon, clipObservations, clipRewards } = normalize
  if (normalize.observations && !plainNumbers(observationSpace)) {
    throw new UsageError(
      `normalize.observations: expected observations in a box, or a dict or tuple of boxes, got ${observationSpace.kind}; set it to false.`,
    )
  }
  const seen = normalize.observations ? runningMoments(observationSpace.size) : null
  const earned = normalize.rewards ? runningMoments(1) : null
  const discounted = new Float64Array(numEnvs) // R of the episode under way
  const rewards = new Float64Array(numEnvs)
  let out = new Float32Array(0)

  return {
    observations(rows) {
      if (seen === null) return rows
      if (out.length !== rows.length) out = new Float32Array(rows.length)
      const { size, mean, variance } = seen
      for (let i = 0; i < rows.length; i++) {
        const k = i % size
        out[i] = clipped((rows[i]! - mean[k]!) / Math.sqrt(variance[k]! + epsilon), clipObservations)
      }
      return out
    },

    began(observations) {
      seen?.update(observations)
      discounted.fill(0)
    },

    stepped(step) {
      seen?.update(step.observations)
      if (earned === null) return step.rewards
      for (let n = 0; n < numEnvs; n++) discounted[n] = gamma * discounted[n]! + step.rewards[n]!
      earned.update(discounted)
      const deviation = Math.sqrt(earned.variance[0]! + epsilon)
      for (let n = 0; n < numEnvs; n++) {
        rewards[n] = clipped(step.rewards[n]! / deviation, clipRewards)
        if (step.terminated[n] === 1 || step.truncated[n] === 1) discounted[n] = 0
      }
      return rewards
    },

    save: () => ({
      header: { kind: 'normalizer', observations: seen?.save() ?? null, rewards: earned?.save() ?? null },
      arrays: { discounted: discounted.slice() },
    }),

    load({ header, arrays }) {
      const saved = arrays['discounted']
      if (!(saved instanceof Float64Array) || saved.length !== numEnvs) {
        throw new RunError(`checkpoint: expected discounted returns of ${numEnvs} environments, got ${saved?.length ?? 'none'}`)
      }
      seen?.load(header['observations'] ?? null)
      earned?.load(header['rewards'] ?? null)
      discounted.set(saved)
    },
  }
}

/** Acts on encoded observations that are not normalised yet. */
export interface ActingPolicy extends Pick<Learner, 'act' | 'stateSize'> {
  /** How what it chooses becomes actions. Default: nothing special. */
  readonly acting?: Acting
}

/** How the learner acts on encoded observations that are not normalised yet. Moves no statistics. */
export function normalizedActing(
  learner: Pick<Learner, 'act' | 'stateSize'>,
  normalizer: Pick<Normalizer, 'observations'> | undefined,
  acting: Acting = {},
): ActingPolicy {
  return {
    acting,
    ...(learner.stateSize !== undefined && { stateSize: learner.stateSize }),
    act: (rows, count, mode, masks, state) => learner.act(normalizer ? normalizer.observations(rows) : rows, count, mode, masks, state),
  }
}

/** Whether encoding leaves every number of an observation as it is, with a mean and a deviation that say something. */
function plainNumbers(space: Space): boolean {
  if (space.kind === 'dict') return Object.values((space as Dict).spaces).every(plainNumbers)
  if (space.kind === 'tuple') return (space as Tuple).spaces.every(plainNumbers)
  return space.kind === 'box'
}

const clipped = (value: number, limit: number): number => Math.min(Math.max(value, -limit), limit)
