/**
 * A threshold that depends on the step alone:
 *   constant   τ
 *   linear     from τ to `end` in `steps` steps, then `end`
 *   cosine     the same along half a cosine: slow at both ends
 *   step       τ·factor^⌊step/steps⌋, never beyond `end`
 *   until      τ for `steps` steps, no limit afterwards
 * Before it begins, τ may rise in a straight line for `rise` steps, from `riseFrom`·τ. (For no limit in the first steps, or another one,
 * any rule takes `warmupSteps` and `warmupTau`.)
 *
 * Source: the usual learning-rate schedules, for τ. Steps are the optimiser's: minibatches, not environment steps. With Adam a lower τ is no
 * lower step once every gradient is clipped (Adam's step has no unit of gradient).
 */
import { type Options, type OptionTable, readOptions } from './options.js'
import type { ClipRule } from './rule.js'

export const SCHEDULE = {
  tau: { kind: 'number', above: 0, default: 1, help: 'τ where the schedule begins' },
  kind: { kind: 'choice', values: ['constant', 'linear', 'cosine', 'step', 'until'], default: 'linear', help: 'how τ changes' },
  end: { kind: 'number', above: 0, default: 0.1, help: 'linear, cosine: the last τ; step: where it stops' },
  steps: { kind: 'number', whole: true, atLeast: 1, default: 10_000, help: 'optimiser steps; step: between two changes' },
  factor: { kind: 'number', above: 0, default: 0.5, help: 'step: factor of each change; above 1 when end lies above τ' },
  rise: { kind: 'number', whole: true, atLeast: 0, default: 0, help: 'steps before all that, in which τ rises to its beginning' },
  riseFrom: { kind: 'number', above: 0, default: 0.1, help: 'rise: the first τ, as a share of τ' },
} as const satisfies OptionTable

export type ScheduleOptions = Partial<Omit<Options<typeof SCHEDULE>, 'tau'>>

/** @param tau above 0 @throws RangeError when an option is out of range */
export function schedule(tau: number = SCHEDULE.tau.default, options: ScheduleOptions = {}): ClipRule<null> {
  const o = readOptions('schedule', SCHEDULE, { tau, ...options })

  function at(step: number): number {
    if (step < o.rise) return tau * (o.riseFrom + (1 - o.riseFrom) * (step / o.rise))
    const after = step - o.rise
    const done = Math.min(after / o.steps, 1)
    switch (o.kind) {
      case 'constant':
        return tau
      case 'linear':
        return (1 - done) * tau + done * o.end
      case 'cosine':
        return o.end + ((tau - o.end) * (1 + Math.cos(Math.PI * done))) / 2
      case 'step': {
        const moved = tau * o.factor ** Math.floor(after / o.steps)
        return o.factor < 1 ? Math.max(moved, Math.min(o.end, tau)) : Math.min(moved, Math.max(o.end, tau))
      }
      case 'until':
        return after < o.steps ? tau : Number.POSITIVE_INFINITY
    }
  }

  return {
    name: `schedule(${tau}, ${o.kind})`,
    config: { name: 'schedule', ...o },
    needs: [],
    dependsOn: 'nothing',
    init: () => null,
    threshold: (_, __, { step }) => at(step),
    observe: (state) => state,
  }
}
