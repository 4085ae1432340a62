/**
 * NormalizeObservation for a vector: one mean and one deviation for all environments, moved by every row that is shown.
 *
 * Last observations that autoreset keeps aside (same-step) are normalised and not counted. A reset by mask counts and shows the rows that it
 * made new. Source: equal to Gymnasium's in next-step mode, within its float32 statistics, and to Stable-Baselines3's VecNormalize in
 * same-step mode. We differ from Gymnasium, which refuses same-step mode and resets by mask.
 */
import { savedBoolean } from '../saved.js'
import { box } from '../spaces/box.js'
import { boxOf } from '../wrappers/box-of.js'
import { type NormalizeObservationOptions, type Normalizing, normalizing, writeNormalized } from '../wrappers/normalize-observation.js'
import type { VectorEnv } from './vector-env.js'
import { observingRows, savedVectorWrapper, wrappedVector } from './wrapper.js'

/** @throws EnvError unless the observations are a Box; RangeError when epsilon is not above 0 or the statistics have another size */
export function normalizeObservation(venv: VectorEnv, options: NormalizeObservationOptions = {}): VectorEnv & Normalizing {
  const { shape, size } = boxOf('normalizeObservation', 'observations', venv.observationSpace)
  const { epsilon, statistics, updateRunningMean } = normalizing('normalizeObservation', size, options)
  const outer: VectorEnv & Normalizing = Object.assign(
    wrappedVector(venv, {
      ...observingRows(venv, {
        observationSpace: box({ low: -Infinity, high: Infinity, shape }),
        seen: (rows, picked) => {
          if (outer.updateRunningMean) statistics.update(rows, picked)
        },
        write: (from, at, out, outAt) => writeNormalized(statistics, epsilon, from, at, out, outAt),
      }),
      save: () => ({
        wrapper: 'NormalizeObservation',
        statistics: statistics.save(),
        updateRunningMean: outer.updateRunningMean,
        venv: venv.save(),
      }),
      load: (saved) => {
        const state = savedVectorWrapper('NormalizeObservation', saved)
        const updates = savedBoolean('NormalizeObservation.load: updateRunningMean', state['updateRunningMean'])
        venv.load(state.venv)
        statistics.load(state['statistics'] ?? null)
        outer.updateRunningMean = updates
      },
    }),
    { statistics, updateRunningMean },
  )
  return outer
}
