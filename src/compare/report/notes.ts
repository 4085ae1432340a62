/** What must be said beside the numbers, and only when it applies. */
import { type Difference, LEVEL, pairsNeeded, type RuleSummary, type Summary } from '../summary.js'

export const CUT_SHORT = 'This comparison was cut short. Ask for it again to go on.'

export function notes(summary: Summary): string[] {
  return [...tooFewPairs(summary.differences), ...failures(summary.rules), ...narrowIntervals(summary.rules)]
}

/** With few pairs no p can fall below the level, whatever the returns: say so before someone reads it as "no difference". */
function tooFewPairs(differences: readonly Difference[]): string[] {
  const tested = differences.filter(({ paired }) => paired !== null)
  if (tested.length === 0) return []
  const rules = Math.max(
    ...tested.map(({ env, measure }) => tested.filter((other) => other.env === env && other.measure === measure).length),
  )
  const pairs = Math.min(...tested.map(({ paired }) => paired!.pairs))
  const smallest = rules * 2 ** (1 - pairs)
  if (smallest < LEVEL) return []
  return [
    `With ${count(pairs, 'pair')} and ${count(rules, 'rule')} to compare, p (Holm) cannot fall below ${Math.min(1, smallest).toPrecision(2)}: ` +
      `no difference can be shown. It takes at least ${pairsNeeded(rules)} seeds.`,
  ]
}

function failures(rules: readonly RuleSummary[]): string[] {
  const failed = rules.filter((rule) => rule.failed > 0)
  if (failed.length === 0) return []
  const list = failed.map((rule) => `${rule.clip} on ${rule.env}: ${rule.failed} of ${rule.n + rule.failed}`).join('; ')
  return [`Runs without a result (${list}) are left out of the numbers above, so no verdict is given for their rules.`]
}

function narrowIntervals(rules: readonly RuleSummary[]): string[] {
  const n = Math.min(...rules.map((rule) => rule.n))
  return n > 1 && n < 10 ? [`Intervals over ${n} runs are somewhat too narrow; ten or more make them honest.`] : []
}

const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`
