/**
 * NormalizeReward for a vector: divides all rewards by one running deviation of the discounted returns R ← γ·R + r, one R for each environment.
 *
 * Same-step: R begins again after either end, because the next step belongs to another episode. Next-step and disabled: the step after an end
 * is a reset, or a step that nobody should count, and moves neither R nor the statistics; R forgets at a termination only, and at a reset by
 * the caller. Source: equal to Gymnasium's, which accumulates in float32.
 */
import { encodeNumbers } from '../numbers.js'
import { savedBoolean, savedNumbers } from '../saved.js'
import { type Normalizing, normalizing } from '../wrappers/normalize-observation.js'
import { checkGamma, type NormalizeRewardOptions } from '../wrappers/normalize-reward.js'
import type { VectorEnv } from './vector-env.js'
import { savedVectorWrapper, stepWith, wrappedVector } from './wrapper.js'

/** @throws RangeError when epsilon is not above 0, gamma outside [0, 1], or the statistics have another size than 1 */
export function normalizeReward(venv: VectorEnv, options: NormalizeRewardOptions = {}): VectorEnv & Normalizing {
  const { epsilon, statistics, updateRunningMean } = normalizing('normalizeReward', 1, options)
  const gamma = checkGamma('normalizeReward', options.gamma)
  const { numEnvs, autoreset } = venv
  const rewards = new Float64Array(numEnvs)
  const accumulated = new Float64Array(numEnvs) // R
  const active = new Uint8Array(numEnvs).fill(1) // 0 where the last step ended an episode and this one does not count
  const told = stepWith({ rewards })

  const outer: VectorEnv & Normalizing = Object.assign(
    wrappedVector(venv, {
      reset: (resetOptions = {}) => {
        const observations = venv.reset(resetOptions)
        for (let i = 0; i < numEnvs; i++) {
          if (resetOptions.mask !== undefined && !resetOptions.mask[i]) continue
          accumulated[i] = 0
          active[i] = 1
        }
        return observations
      },
      step: (actions) => {
        const step = venv.step(actions)
        for (let i = 0; i < numEnvs; i++) {
          if (active[i] === 1) accumulated[i] = (step.terminated[i] === 1 ? 0 : accumulated[i]! * gamma) + step.rewards[i]!
        }
        if (outer.updateRunningMean) statistics.update(accumulated, active)
        const deviation = Math.sqrt(statistics.variance[0]! + epsilon)
        for (let i = 0; i < numEnvs; i++) {
          rewards[i] = step.rewards[i]! / deviation
          const ended = step.terminated[i] === 1 || step.truncated[i] === 1
          if (autoreset !== 'same-step') active[i] = ended ? 0 : 1
          else if (ended) accumulated[i] = 0
        }
        return told(step)
      },
      save: () => ({
        wrapper: 'NormalizeReward',
        statistics: statistics.save(),
        updateRunningMean: outer.updateRunningMean,
        accumulated: encodeNumbers(accumulated),
        active: Array.from(active),
        venv: venv.save(),
      }),
      load: (saved) => {
        const state = savedVectorWrapper('NormalizeReward', saved)
        const updates = savedBoolean('NormalizeReward.load: updateRunningMean', state['updateRunningMean'])
        const sums = savedNumbers('NormalizeReward.load: accumulated', state['accumulated'], numEnvs)
        const counts = savedNumbers('NormalizeReward.load: active', state['active'], numEnvs)
        venv.load(state.venv)
        statistics.load(state['statistics'] ?? null)
        outer.updateRunningMean = updates
        accumulated.set(sums)
        active.set(counts)
      },
    }),
    { statistics, updateRunningMean },
  )
  return outer
}
