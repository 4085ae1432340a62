/**
 * The report of the study, a function of its runs alone: every table, and under each what can and what cannot be said.
 *
 * The sentences are templates. A difference is claimed only where the sign-flip p after Holm is below 0.05, over all rules of the table that
 * share the measure, and the interval leaves out 0. Everything else is "not shown", and the pair of twins says what luck alone does.
 */
import type { Column } from '../../src/compare/report/columns.js'
import { formatDifference, formatInterval, formatNumber, formatP, formatPercent, NONE } from '../../src/compare/report/format.js'
import { markdownTable } from '../../src/compare/report/markdown.js'
import type { BootstrapOptions } from '../../src/compare/statistics/bootstrap.js'
import { median } from '../../src/compare/statistics/moments.js'
import type { PairedDifference } from '../../src/compare/statistics/paired.js'
import {
  type ComparedMeasure,
  type Difference,
  type Distribution,
  LEVEL,
  pairsNeeded,
  type RuleSummary,
  type RunRow,
  type Summary,
  summarise,
} from '../../src/compare/summary.js'
import { type Effect, effects } from './effects.js'
import { crossedClip, FACTORS, JOINT, ROUNDED, settingNamed, type Table, TWIN } from './plan.js'

export const MEASURES = ['finalReturn', 'area', 'lateDip'] as const satisfies readonly ComparedMeasure[]
const NAMES = { finalReturn: 'final', area: 'AUC', lateDip: 'worst late dip' } as const

export interface ReportOptions {
  readonly bootstrap?: BootstrapOptions
}

/** @param runs in any order; those of no table are left out */
export function studyMarkdown(runs: readonly RunRow[], tables: readonly Table[], { bootstrap = {} }: ReportOptions = {}): string {
  const parts = tables.map((table) => ({ table, runs: wholeBlocks(runs, table) })).filter((part) => part.runs.length > 0)
  const summaries = parts.map(({ table, runs: own }) =>
    table.baselines.map((baseline) => summarise(own, { baseline, measures: MEASURES, bootstrap })),
  )
  const used = new Set(parts.flatMap((part) => part.runs))
  const lines = [
    '# Clipping rules in PPO and A2C: the tables',
    '',
    `Made by \`npm run study -- --tables\` from \`clip-rules.csv\`; ${used.size} runs. What was found is in [README.md](README.md).`,
    '',
    ...HOW,
    ...settingsList(parts.flatMap(({ table }) => table.settings)),
    '## At a glance',
    '',
    'Area under the learning curve against the baseline: **+** shown better, **−** shown worse, · not shown, after Holm per setting; ? not',
    'compared (runs failed, or no episode ended). P(better): how often a run beats one of the baseline in the final return, ties as half,',
    'over all settings of the table.',
    '',
  ]
  for (const [i, { table }] of parts.entries()) lines.push(...glance(table, summaries[i]!))
  for (const [i, { table, runs: own }] of parts.entries()) lines.push(...tableSection(table, summaries[i]!, own, bootstrap))
  return `${lines.join('\n').trimEnd()}\n`
}

const HOW = [
  '## How to read this',
  '',
  '- **final**: mean return of the last 100 training episodes. **AUC**: the running mean of the last 100 returns, averaged over environment',
  '  steps. **worst late dip**: the lowest running mean in the second half of the steps. Higher is better for all three. Returns are those of',
  '  the task, whatever was done to the rewards.',
  '- Cells: mean ± sd over seeds; IQM (interquartile mean) [95 % percentile bootstrap over seeds].',
  '- Δ: difference to the baseline on the same seeds, mean [95 % bootstrap over pairs]; `*`: two-sided sign-flip p below 0.05 after Holm over',
  '  the rules of this table and measure. Without a star nothing is claimed, and nothing is denied.',
  `- \`${TWIN}\` is the A/A pair: a threshold that no measure here could tell from 0.5. \`${ROUNDED}\` is another: kernels that`,
  '  round otherwise. What differs there is luck, as far as one part in a hundred does nothing. Both are twins of `global-norm` alone.',
  '- clip: share of minibatch steps (or groups, or elements) clipped. τ: of the last update, median over seeds (smallest to largest).',
  '- A block of runs (one seed under all rules of a table) counts only when it is whole. Runs that failed are counted, and then no verdict is given.',
  '',
]

/** Of each table and setting, the seeds under which every clip has a row. */
function wholeBlocks(runs: readonly RunRow[], table: Table): RunRow[] {
  const byKey = new Map(runs.map((run) => [`${run.env}|${run.seed}|${run.clip}`, run]))
  const seeds = [...new Set(runs.map(({ seed }) => seed))].sort((a, b) => a - b)
  return table.settings.flatMap((setting) =>
    seeds.flatMap((seed) => {
      const block = table.clips.flatMap((clip) => byKey.get(`${setting}|${seed}|${clip}`) ?? [])
      return block.length === table.clips.length ? block : []
    }),
  )
}

function settingsList(names: readonly string[]): string[] {
  const line = (name: string): string => {
    const { algo, env, steps, world } = settingNamed(name)
    const rewards =
      world.factor === 1
        ? ''
        : world.chance === 1
          ? `, rewards × ${world.factor} for the learner`
          : `, one reward in ${Math.round(1 / world.chance)} × ${world.factor} for the learner`
    return `- **${name}**: ${algo.toUpperCase()} on ${env}, tuned preset, ${steps} environment steps${rewards}.`
  }
  return ['## Settings', '', ...[...new Set(names)].map(line), '']
}

const settingsOf = (summary: Summary): string[] => [...new Set(summary.rules.map(({ env }) => env))]

function glance(table: Table, summaries: readonly Summary[]): string[] {
  return summaries.flatMap((summary) => {
    const settings = settingsOf(summary)
    const of = (clip: string, env: string) =>
      SIGNS[summary.differences.find((one) => one.clip === clip && one.env === env && one.measure === 'area')?.verdict ?? ''] ?? '?'
    const columns: Column<string>[] = [
      { title: `${table.title}, against \`${summary.baseline}\``, align: 'left', cell: (clip) => `\`${clip}\`` },
      ...settings.map((env): Column<string> => ({ title: env, align: 'left', cell: (clip) => of(clip, env) })),
      { title: 'P(better)', align: 'left', cell: (clip) => beats(summary, clip) },
    ]
    return [
      ...markdownTable(
        columns,
        table.clips.filter((clip) => clip !== summary.baseline),
      ),
      '',
    ]
  })
}

function beats({ overall }: Summary, clip: string): string {
  const found = overall.find((one) => one.clip === clip)
  return found === undefined
    ? NONE
    : `${found.probability.toFixed(2)} [${found.interval.low.toFixed(2)}, ${found.interval.high.toFixed(2)}]`
}

const SIGNS: Readonly<Record<string, string>> = { better: '**+**', worse: '**−**', 'no difference shown': '·' }

function tableSection(table: Table, summaries: readonly Summary[], runs: readonly RunRow[], bootstrap: BootstrapOptions): string[] {
  const [first, ...others] = summaries
  const lines: string[] = []
  for (const setting of settingsOf(first!)) {
    lines.push(`## ${table.title}: ${setting}`, '', ...levels(first!, setting), '')
    lines.push(...said(first!, setting), '')
    for (const other of others) {
      lines.push(`Against \`${other.baseline}\`:`, '', ...differencesTable(other, setting), '', ...said(other, setting), '')
    }
    if (table.name === 'crossed') {
      const own = runs.filter((run) => run.env === setting)
      const found = MEASURES.flatMap((measure) => effects(own, FACTORS, crossedClip, measure, bootstrap))
      if (found.length > 0) lines.push('What each choice does, the others crossed:', '', ...markdownTable(EFFECT_COLUMNS, found), '')
    }
  }
  return lines
}

interface Line {
  readonly rule: RuleSummary
  /** By measure; absent for the baseline. */
  readonly differences: Partial<Record<ComparedMeasure, Difference>>
}

const linesOf = (summary: Summary, setting: string): Line[] =>
  summary.rules
    .filter(({ env }) => env === setting)
    .map((rule) => ({
      rule,
      differences: Object.fromEntries(
        summary.differences.filter((one) => one.env === setting && one.clip === rule.clip).map((one) => [one.measure, one]),
      ),
    }))

const RULE: Column<Line> = { title: 'rule', align: 'left', cell: ({ rule }) => `\`${rule.clip}\`` }
const DELTAS = MEASURES.map(
  (measure): Column<Line> => ({ title: `Δ ${NAMES[measure]}`, align: 'right', cell: ({ differences }) => deltaText(differences[measure]) }),
)
const LEVELS: readonly Column<Line>[] = [
  RULE,
  { title: 'n', align: 'right', cell: ({ rule: { n, failed } }) => (failed === 0 ? String(n) : `${n} (${failed} failed)`) },
  ...MEASURES.map((measure): Column<Line> => ({ title: NAMES[measure], align: 'right', cell: ({ rule }) => levelText(rule[measure]) })),
  ...DELTAS,
  { title: 'clip', align: 'right', cell: ({ rule }) => formatPercent(rule.clipRate?.mean) },
  { title: 'τ', align: 'right', cell: ({ rule }) => rangeText(rule.finalTau) },
]

const levels = (summary: Summary, setting: string): string[] => markdownTable(LEVELS, linesOf(summary, setting))

const differencesTable = (summary: Summary, setting: string): string[] =>
  markdownTable(
    [RULE, ...DELTAS],
    linesOf(summary, setting).filter(({ rule }) => rule.clip !== summary.baseline),
  )

const levelText = (d: Distribution | null): string =>
  d === null ? NONE : `${formatNumber(d.mean)} ± ${formatNumber(d.sd)}; ${formatNumber(d.iqm)} ${formatInterval(d.interval)}`

const rangeText = (d: Distribution | null): string =>
  d === null ? NONE : `${formatNumber(d.median)} (${formatNumber(d.min)} to ${formatNumber(d.max)})`

const leavesOutZero = ({ interval }: PairedDifference): boolean => interval !== null && (interval.low > 0 || interval.high < 0)

const isShown = ({ verdict }: Difference): boolean => verdict === 'better' || verdict === 'worse'

function deltaText(difference: Difference | undefined): string {
  if (!difference?.paired) return NONE
  return `${formatDifference(difference.paired.mean)} ${formatInterval(difference.paired.interval)}${isShown(difference) ? '*' : ''}`
}

const EFFECT_COLUMNS: readonly Column<Effect>[] = [
  { title: 'choice', align: 'left', cell: ({ level }) => `\`${level}\`` },
  { title: 'instead of', align: 'left', cell: ({ reference }) => `\`${reference}\`` },
  { title: 'measure', align: 'left', cell: ({ measure }) => NAMES[measure] },
  {
    title: 'difference',
    align: 'right',
    cell: ({ paired, adjustedP }) =>
      `${formatDifference(paired.mean)} ${formatInterval(paired.interval)}${adjustedP < LEVEL && leavesOutZero(paired) ? '*' : ''}`,
  },
  { title: 'p (Holm)', align: 'right', cell: ({ adjustedP }) => formatP(adjustedP) },
]

/** What can be said of one setting, and what cannot. */
export function said(summary: Summary, setting: string): string[] {
  const own = summary.differences.filter(({ env }) => env === setting)
  return [
    ...MEASURES.map((measure) =>
      verdicts(
        own.filter((one) => one.measure === measure),
        measure,
      ),
    ),
    ...luck(summary, own),
    ...tooFew(own),
    ...failures(summary.rules.filter(({ env }) => env === setting)),
  ]
}

function verdicts(differences: readonly Difference[], measure: ComparedMeasure): string {
  const list = (verdict: Difference['verdict']) => differences.filter((one) => one.verdict === verdict)
  const named = (some: readonly Difference[]) =>
    some.map(({ clip, paired }) => `\`${clip}\` (${formatDifference(paired!.mean)})`).join(', ')
  const parts = [
    ...(list('better').length > 0 ? [`shown better ${named(list('better'))}`] : []),
    ...(list('worse').length > 0 ? [`shown worse ${named(list('worse'))}`] : []),
  ]
  const open = list('no difference shown')
  const rest =
    open.length === 0
      ? ''
      : `${parts.length === 0 ? 'no difference is shown for any rule' : `not shown for the other ${open.length}`}${width(open)}`
  return `- ${NAMES[measure]}: ${[...parts, ...(rest === '' ? [] : [rest])].join('; ')}.`
}

/** How much the open ones might still differ: without it "not shown" would read as "equal". */
function width(open: readonly Difference[]): string {
  const halves = open.flatMap(({ paired }) => (paired?.interval ? [(paired.interval.high - paired.interval.low) / 2] : []))
  return halves.length === 0 ? '' : ` (intervals of ± ${formatNumber(median(halves))} in the median: smaller differences could not be seen)`
}

/**
 * The pairs only stand beside the very rule that they are twins of. A star on one warns of the whole table: it is a false claim, or the small
 * change does something after all, and neither can be told from the runs.
 */
function luck({ baseline }: Summary, differences: readonly Difference[]): string[] {
  if (baseline !== JOINT) return []
  return [TWIN, ROUNDED].flatMap((twin) => {
    const pairs = differences.filter(({ clip, paired }) => clip === twin && paired !== null)
    if (pairs.length === 0) return []
    if (pairs.every(({ paired }) => paired!.mean === 0 && !(paired!.interval && paired!.interval.high > 0))) {
      return [`- A/A pair \`${twin}\`: the very same runs; here it says nothing.`]
    }
    const values = pairs.map((one) => `${NAMES[one.measure]} ${formatDifference(one.paired!.mean)} ${formatInterval(one.paired!.interval)}`)
    const named = (some: readonly Difference[]) => some.map(({ measure }) => NAMES[measure]).join(' and ')
    const starred = pairs.filter(isShown)
    const beyond = pairs.filter((one) => !isShown(one) && leavesOutZero(one.paired!))
    const warnings = [
      ...(starred.length === 0
        ? []
        : [` It is starred itself, for ${named(starred)}: here a star on a difference of this size means nothing.`]),
      ...(beyond.length === 0 ? [] : [` The interval for ${named(beyond)} leaves out 0 without a star: so can those of other rules.`]),
    ]
    return [`- A/A pair \`${twin}\`: ${values.join(', ')}.${warnings.join('')}`]
  })
}

/** With few pairs no p can fall below the level, whatever the returns. */
function tooFew(differences: readonly Difference[]): string[] {
  const pairs = Math.min(...differences.map(({ paired }) => paired?.pairs ?? 0))
  const rules = differences.length / MEASURES.length
  if (pairs >= pairsNeeded(rules)) return []
  return [`- ${pairs} pairs and ${rules} rules: nothing can be shown here, whatever the returns; it takes ${pairsNeeded(rules)} pairs.`]
}

function failures(rules: readonly RuleSummary[]): string[] {
  const failed = rules.filter((rule) => rule.failed > 0)
  return failed.length === 0
    ? []
    : [`- Failed: ${failed.map((rule) => `\`${rule.clip}\` ${rule.failed} of ${rule.n + rule.failed}`).join(', ')}.`]
}
