/**
 * Several rules on one group: the smallest or the largest of their thresholds is in force. `tightest` limits wherever one of them would,
 * `loosest` only where all do.
 *
 * Every rule sees every gradient and keeps a state of its own; the state of all is the list of theirs. Each is told what was applied, not what
 * it would have applied itself. Source: ours.
 */
import type { OptionTable } from './options.js'
import type { ClipRule, StatName } from './rule.js'

const SEVERAL_COMMON = {
  signal: { kind: 'text', default: 'loss', help: 'what those among them hear that listen and name no signal' },
} as const satisfies OptionTable

export const TIGHTEST = {
  rules: { kind: 'rules', default: [{ name: 'percentile' }, { name: 'fixed', tau: 1 }], help: 'the smallest τ of these is in force' },
  ...SEVERAL_COMMON,
} as const satisfies OptionTable

export const LOOSEST = {
  rules: { kind: 'rules', default: [{ name: 'percentile' }, { name: 'fixed', tau: 1 }], help: 'the largest τ of these is in force' },
  ...SEVERAL_COMMON,
} as const satisfies OptionTable

// biome-ignore lint/suspicious/noExplicitAny: each rule has its own state; only the rule itself looks into it
type AnyRule = ClipRule<any>

/** The smallest τ of `rules`. @param signal kept for a configuration: what rules made by name hear @throws RangeError when there is none, or they cannot share a gradient */
export const tightest = (rules: readonly AnyRule[], signal?: string): AnyRule =>
  several('tightest', rules, signal, (taus) => Math.min(...taus))

/** The largest τ of `rules`. @param signal as for tightest @throws RangeError when there is none, or they cannot share a gradient */
export const loosest = (rules: readonly AnyRule[], signal?: string): AnyRule =>
  several('loosest', rules, signal, (taus) => Math.max(...taus))

function several(
  name: string,
  rules: readonly AnyRule[],
  signal: string | undefined,
  choose: (taus: readonly number[]) => number,
): AnyRule {
  if (rules.length === 0) throw new RangeError(`${name}: rules must hold at least one rule`)
  for (const rule of rules) {
    if (rule.yardstick !== undefined) throw new RangeError(`${name}: ${rule.name} measures in units of its own; give it a clip of its own`)
  }
  const bounds = shared(name, rules, 'what they bound', ({ bounds }) => bounds ?? 'norm')
  const measures = shared(name, rules, 'what they measure', ({ measures }) => measures ?? 'what is clipped')
  const listensTo = shared(
    name,
    rules.filter(({ feedback }) => feedback !== undefined),
    'the signal they listen to',
    (rule) => rule.listensTo ?? 'any signal',
  )
  const configs = rules.map(({ config }) => config)
  const asking = rules.filter(({ request }) => request !== undefined)
  const talking = rules.some(({ explain }) => explain !== undefined)

  return {
    name: `${name}(${rules.map((rule) => rule.name).join(', ')})`,
    ...(configs.every((config) => config !== undefined) && {
      config: { name, rules: configs, signal: signal ?? listensTo ?? 'loss' },
    }),
    ...(bounds === 'element' && { bounds }),
    ...((measures === 'gradient' || measures === 'loss') && { measures }),
    ...(rules.every(({ needs }) => needs !== undefined) && {
      needs: [...new Set(rules.flatMap(({ needs }): readonly StatName[] => needs!))],
    }),
    ...(rules.every(({ dependsOn }) => dependsOn !== undefined) && {
      dependsOn: rules.every(({ dependsOn }) => dependsOn === 'nothing') ? 'nothing' : 'past',
    }),
    ...(asking.length > 0 && {
      request: (context) => {
        const asked = asking.map((rule) => rule.request!(context))
        return { resetMoments: asked.some(({ resetMoments }) => resetMoments), rate: asked.reduce((all, { rate }) => all * rate, 1) }
      },
    }),
    init: () => rules.map((rule) => rule.init()),
    threshold: (states, stats, context) => choose(rules.map((rule, i) => rule.threshold(states[i], stats, context))),
    observe: (states, stats, applied) => rules.map((rule, i) => rule.observe(states[i], stats, applied)),
    ...(listensTo !== undefined && {
      ...(listensTo !== 'any signal' && { listensTo }),
      feedback: (states, signal) => rules.map((rule, i) => rule.feedback?.(states[i], signal) ?? states[i]),
    }),
    ...(talking && {
      explain: (states) =>
        rules.flatMap((rule, i) => (rule.explain === undefined ? [] : [`${rule.name} ${rule.explain(states[i])}`])).join('; '),
    }),
  }
}

/** What is the same for all rules; undefined when there are none. */
function shared(name: string, rules: readonly AnyRule[], what: string, of: (rule: AnyRule) => string): string | undefined {
  const [first, ...others] = rules
  if (first === undefined) return undefined
  for (const other of others) {
    if (of(other) !== of(first))
      throw new RangeError(`${name}: rules must agree in ${what}: ${first.name} has "${of(first)}", ${other.name} "${of(other)}"`)
  }
  return of(first)
}
