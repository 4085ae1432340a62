/** `report.md`: the comparison with everything needed to judge it. */
import type { Comparison } from '../compare.js'
import { LEVEL } from '../summary.js'
import { BEHAVIOUR_COLUMNS, type Column, DIFFERENCE_COLUMNS, distributionColumns, FAILURE_COLUMNS } from './columns.js'
import { type CsvColumn, DIFFERENCE_CSV_COLUMNS, RULE_COLUMNS, RUN_COLUMNS } from './csv.js'
import { CUT_SHORT, notes } from './notes.js'

export function comparisonMarkdown(comparison: Comparison): string {
  const { summary, runs, args, threshold, interruptedBy } = comparison
  const envs = [...new Set(runs.map((run) => run.env))]
  const failed = runs.filter((run) => run.failure !== null)
  const seeds = [...new Set(runs.map((run) => run.seed))]
  const lines = [
    `# Comparison: ${comparison.name}`,
    '',
    `${runs.length} runs: ${summary.rules.length / envs.length} clip rules, ${seeds.length} seeds (${seeds.join(', ')}), on ${envs.join(', ')}.`,
    `Flags of all runs: ${args.length === 0 ? 'none (defaults)' : `\`${args.join(' ')}\``}. Baseline: \`${summary.baseline}\`.`,
    '',
  ]
  for (const env of envs) {
    const rules = summary.rules.filter((rule) => rule.env === env)
    const differences = summary.differences.filter((entry) => entry.env === env)
    lines.push(`## ${env}`, '', '### Final return', '', 'Mean return of the last 100 training episodes.', '')
    lines.push(...markdownTable(distributionColumns('finalReturn'), rules), '', '### Area under the learning curve', '')
    lines.push('The running mean of the last 100 returns, averaged over environment steps: how well and how soon.', '')
    lines.push(...markdownTable(distributionColumns('area'), rules), '', '### Behaviour', '')
    const limit = threshold[env] ?? null
    lines.push(`Threshold: ${limit === null ? 'none' : limit}. Worst late dip: lowest running mean in the second half of the steps.`, '')
    lines.push(...markdownTable(BEHAVIOUR_COLUMNS, rules), '')
    if (differences.length > 0) {
      lines.push(`### Against \`${summary.baseline}\`, seed by seed`, '', ...markdownTable(DIFFERENCE_COLUMNS, differences), '')
    }
  }
  if (summary.overall.length > 0) {
    lines.push('## Over all environments', '')
    for (const { clip, probability, interval } of summary.overall) {
      const range = `[${interval.low.toFixed(2)}, ${interval.high.toFixed(2)}]`
      lines.push(`- A run of \`${clip}\` beats one of \`${summary.baseline}\` with probability ${probability.toFixed(2)} ${range}.`)
    }
    lines.push('')
  }
  if (failed.length > 0) lines.push('## Runs without a result', '', ...markdownTable(FAILURE_COLUMNS, failed), '')
  const said = [...(interruptedBy === null ? [] : [CUT_SHORT]), ...notes(summary)]
  if (said.length > 0) lines.push('## Mind', '', ...said.map((note) => `- ${note}`), '')
  lines.push(...HOW, '## Files', '', '`comparison.json` holds everything in this report.', '')
  lines.push(
    ...columnList('runs.csv', RUN_COLUMNS),
    ...columnList('rules.csv', RULE_COLUMNS),
    ...columnList('differences.csv', DIFFERENCE_CSV_COLUMNS),
  )
  return `${lines.join('\n').trimEnd()}\n`
}

const HOW = [
  '## How to read this',
  '',
  '- IQM: interquartile mean over seeds. Its interval is the 95 % percentile bootstrap over seeds (50,000 repetitions, seeded).',
  '- Differences are paired: the same seed under both rules. Their interval is a bootstrap over pairs, p a two-sided sign-flip test, and',
  '  p (Holm) is corrected for all rules of the table that share the measure.',
  `- A verdict needs p (Holm) below ${LEVEL}, an interval that leaves out 0, and a result of every run. "No difference shown" does not mean`,
  '  that there is none.',
  '- P(better): how often a run of the rule beats one of the baseline, ties as half.',
  '',
]

export function markdownTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ')).join(' | ')} |`
  return [
    line(columns.map(({ title }) => title)),
    `|${columns.map(({ align }) => (align === 'right' ? '-:' : '-')).join('|')}|`,
    ...rows.map((row) => line(columns.map(({ cell }) => cell(row)))),
  ]
}

function columnList<Row>(file: string, columns: readonly CsvColumn<Row>[]): string[] {
  return [`### ${file}`, '', '| column | meaning |', '|-|-|', ...columns.map(({ name, meaning }) => `| ${name} | ${meaning} |`), '']
}
