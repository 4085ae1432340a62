/**
 * Limits on τ that any rule can have beside its own numbers: a floor, a ceiling, and a warm-up in which τ is not the rule's.
 *
 * The rule sees every gradient all the same, and its state is untouched, so limits may be changed in the middle of a run. Floor and ceiling
 * hold after the warm-up, and the tighter one counts when they are given twice. A rule with a `floor` of its own means the same by it.
 * Source: the warm-ups and bounds of many methods (ZClip, AdaGC, AutoClip's successors), taken out of them.
 */
import { within } from '../core/checks.js'
import type { JsonObject } from '../core/json.js'
import { type OptionTable, readOptions } from './options.js'
import type { ClipRule } from './rule.js'

/** The options that every rule takes; null is the same as leaving one out. */
export const LIMITS = {
  floor: { kind: 'number', above: 0, orNull: 'none', default: null, help: 'τ is never below this' },
  ceiling: { kind: 'number', above: 0, orNull: 'none', default: null, help: 'τ is never above this' },
  warmupSteps: {
    kind: 'number',
    whole: true,
    atLeast: 0,
    orNull: 'none',
    default: null,
    help: "optimiser steps before the rule's τ is in force; the rule watches",
  },
  warmupTau: { kind: 'number', above: 0, orNull: 'no limit', default: null, help: 'τ in those steps' },
} as const satisfies OptionTable

// biome-ignore lint/suspicious/noExplicitAny: each rule has its own state; only the rule itself looks into it
type AnyRule = ClipRule<any>

interface Limits {
  readonly floor?: number
  readonly ceiling?: number
  readonly warmup?: { readonly steps: number; readonly tau: number }
}

interface LimitedRule extends AnyRule {
  readonly limited: { readonly rule: AnyRule; readonly limits: Limits }
}

/** τ never below `floor`. @param floor above 0 @throws RangeError when it is not, or lies above the ceiling */
export const withFloor = (rule: AnyRule, floor: number): AnyRule =>
  limit(rule, { floor: within(`${rule.name}: floor`, floor, { above: 0 }) })

/** τ never above `ceiling`. @param ceiling above 0 @throws RangeError when it is not, or lies below the floor */
export const withCeiling = (rule: AnyRule, ceiling: number): AnyRule =>
  limit(rule, { ceiling: within(`${rule.name}: ceiling`, ceiling, { above: 0 }) })

/**
 * `tau` in force for the first `steps` optimiser steps, the rule's own afterwards. A second warm-up takes the place of the first.
 * @param steps whole, at least 0 @param tau above 0; Infinity = no limit
 * @throws RangeError when one is out of range
 */
export function withWarmup(rule: AnyRule, steps: number, tau: number = Number.POSITIVE_INFINITY): AnyRule {
  readOptions(rule.name, LIMITS, { warmupSteps: steps, ...(tau !== Number.POSITIVE_INFINITY && { warmupTau: tau }) })
  return limit(rule, { warmup: { steps, tau } })
}

/** The rule with the limits that a configuration names. @param given values of LIMITS @throws RangeError when one is out of range */
export function withLimits(where: string, rule: AnyRule, given: Readonly<Record<string, unknown>>): AnyRule {
  const { floor, ceiling, warmupSteps, warmupTau } = readOptions(where, LIMITS, given)
  if (warmupTau !== null && warmupSteps === null) throw new RangeError(`${where}: warmupTau needs warmupSteps, the steps that it holds for`)
  return limit(rule, {
    ...(floor !== null && { floor }),
    ...(ceiling !== null && { ceiling }),
    ...(warmupSteps !== null && { warmup: { steps: warmupSteps, tau: warmupTau ?? Number.POSITIVE_INFINITY } }),
  })
}

function limit(given: AnyRule, more: Limits): AnyRule {
  if (Object.keys(more).length === 0) return given
  const { rule, limits: before } = 'limited' in given ? (given as LimitedRule).limited : { rule: given, limits: {} as Limits }
  const floor = Math.max(before.floor ?? 0, more.floor ?? 0)
  const ceiling = Math.min(before.ceiling ?? Number.POSITIVE_INFINITY, more.ceiling ?? Number.POSITIVE_INFINITY)
  if (floor > ceiling) throw new RangeError(`${rule.name}: floor must be at most ceiling, got ${floor} and ${ceiling}`)
  const warmup = more.warmup ?? before.warmup
  const limits: Limits = { ...before, ...more, ...(floor > 0 && { floor }), ...(ceiling < Number.POSITIVE_INFINITY && { ceiling }) }

  const bounds = [
    ...(floor > 0 ? [`≥ ${floor}`] : []),
    ...(ceiling < Number.POSITIVE_INFINITY ? [`≤ ${ceiling}`] : []),
    ...(warmup === undefined ? [] : [`from step ${warmup.steps}`]),
  ].join(' ')
  const { feedback, request, yardstick, explain, byWeights } = rule
  const limited: LimitedRule = {
    ...rule,
    name: `${rule.name} ${bounds}`,
    ...(rule.config !== undefined && { config: { ...rule.config, ...configOf(limits, rule.config) } }),
    threshold: (state, stats, context) =>
      warmup !== undefined && context.step < warmup.steps
        ? warmup.tau
        : Math.min(Math.max(rule.threshold(state, stats, context), floor), ceiling),
    // spread copies no methods of a class
    init: () => rule.init(),
    observe: (state, stats, applied) => rule.observe(state, stats, applied),
    ...(feedback && { feedback: feedback.bind(rule) }),
    ...(request && { request: request.bind(rule) }),
    ...(yardstick && { yardstick: yardstick.bind(rule) }),
    ...(byWeights && {
      byWeights: (context) => {
        if (warmup !== undefined && context.step < warmup.steps) return { share: 0, least: 0, floor: warmup.tau, ceiling: warmup.tau }
        const own = byWeights.call(rule, context)
        return { ...own, floor: Math.max(own.floor, floor), ceiling: Math.min(own.ceiling, ceiling) }
      },
    }),
    ...(explain && { explain: (state) => `${explain.call(rule, state)}; in force ${bounds}` }),
    limited: { rule, limits },
  }
  return limited
}

/** The limits as options; a rule's own floor counts with ours. */
function configOf({ floor, ceiling, warmup }: Limits, own: JsonObject): JsonObject {
  const ownFloor = typeof own['floor'] === 'number' ? own['floor'] : 0
  return {
    ...(floor !== undefined && { floor: Math.max(floor, ownFloor) }),
    ...(ceiling !== undefined && { ceiling }),
    ...(warmup !== undefined && { warmupSteps: warmup.steps, ...(warmup.tau < Number.POSITIVE_INFINITY && { warmupTau: warmup.tau }) }),
  }
}
