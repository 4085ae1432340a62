/** No limit: τ = ∞. Every gradient passes with its bits. */
import type { OptionTable } from './options.js'
import type { ClipRule } from './rule.js'

export const NONE = {} as const satisfies OptionTable

export function none(): ClipRule<null> {
  return {
    name: 'none',
    config: { name: 'none' },
    needs: [],
    dependsOn: 'nothing',
    init: () => null,
    threshold: () => Number.POSITIVE_INFINITY,
    observe: (state) => state,
  }
}
