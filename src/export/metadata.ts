/** What a reader of an exported file needs to know beside the network, as plain JSON: every format carries the same. */
import type { JsonObject } from '../core/json.js'
import type { PolicyExport } from './policy.js'

export const METADATA_VERSION = 1

export function metadataOf(policy: PolicyExport): JsonObject {
  const { env, algo, step, observationSpace, actionSpace, observationSize, statistics, distribution, actor, logStd, actions } = policy
  return {
    format: 'tau-rl policy',
    version: METADATA_VERSION,
    env,
    algo,
    step,
    observationSpace,
    actionSpace,
    observations: {
      columns: observationSize,
      how: 'flat rows of float32: numbers as they are, choices one-hot, parts of a Dict or Tuple one after the other (gymnasium.spaces.flatten)',
      statistics: statistics && { epsilon: statistics.epsilon, clip: statistics.clip },
    },
    network: { hidden: actor.slice(0, -1).map((layer) => layer.outputs), activation: actor[0]!.activation },
    distribution,
    logStd: logStd && Array.from(logStd),
    actions:
      actions.kind === 'choices'
        ? { kind: 'choices', sizes: [...actions.sizes], starts: [...actions.starts], masked: actions.masked }
        : { kind: 'box', low: Array.from(actions.low, finite), high: Array.from(actions.high, finite), squash: actions.squash },
  }
}

/** An open bound is null: JSON has no infinity. */
const finite = (bound: number): number | null => (Number.isFinite(bound) ? bound : null)
