/**
 * A constant threshold: τ never changes.
 *
 * Source: Pascanu, Mikolov & Bengio 2013 (arXiv:1211.5063) for norms. 0.5 over the joint norm is what PPO and A2C use (OpenAI baselines,
 * Stable-Baselines3).
 */
import { type OptionTable, readOptions } from './options.js'
import type { ClipRule } from './rule.js'

export const FIXED = {
  tau: { kind: 'number', above: 0, default: 0.5, help: 'the threshold' },
} as const satisfies OptionTable

/** @param tau above 0 @throws RangeError when it is not */
export function fixed(tau: number = FIXED.tau.default): ClipRule<null> {
  readOptions('fixed', FIXED, { tau })
  return {
    name: `fixed(${tau})`,
    config: { name: 'fixed', tau },
    needs: [],
    dependsOn: 'nothing',
    init: () => null,
    threshold: () => tau,
    observe: (state) => state,
  }
}
