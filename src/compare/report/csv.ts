/**
 * Comma-separated values (RFC 4180): a header line, numbers in full precision with a point, an empty cell where there is no number.
 * Every column has a meaning here; report.md prints them.
 */
import { COMPARED, type Difference, type Distribution, type RuleSummary, type RunRow } from '../summary.js'

export type Cell = string | number | null

export interface CsvColumn<Row> {
  readonly name: string
  readonly meaning: string
  readonly value: (row: Row) => Cell
}

export const RUN_COLUMNS: readonly CsvColumn<RunRow>[] = [
  { name: 'env', meaning: 'environment', value: (run) => run.env },
  { name: 'clip', meaning: 'clip rule as asked for', value: (run) => run.clip },
  { name: 'seed', meaning: 'seed of the run', value: (run) => run.seed },
  { name: 'status', meaning: '`done`, or why there is no result', value: (run) => run.failure ?? 'done' },
  { name: 'final_return', meaning: 'mean return of the last 100 training episodes', value: (run) => run.measures?.finalReturn ?? null },
  {
    name: 'area',
    meaning: 'running mean of the last 100 returns, averaged over environment steps',
    value: (run) => run.measures?.area ?? null,
  },
  { name: 'late_dip', meaning: 'lowest running mean in the second half of the steps', value: (run) => run.measures?.lateDip ?? null },
  {
    name: 'steps_to_threshold',
    meaning: 'environment steps until the mean of 100 episodes reached the threshold; empty: never, or no threshold',
    value: (run) => run.measures?.stepsToThreshold ?? null,
  },
  { name: 'evaluation', meaning: 'mean return of the last evaluation, greedy actions', value: (run) => run.measures?.evaluation ?? null },
  {
    name: 'clip_rate',
    meaning: 'share of minibatch steps (or groups, or elements) clipped, mean over updates',
    value: (run) => run.measures?.clipRate ?? null,
  },
  { name: 'final_tau', meaning: 'threshold τ of the last update; empty: no limit', value: (run) => run.measures?.finalTau ?? null },
  { name: 'skipped', meaning: 'minibatch steps skipped, gradient not finite', value: (run) => run.measures?.skipped ?? null },
  { name: 'steps', meaning: 'environment steps', value: (run) => run.measures?.steps ?? null },
  { name: 'episodes', meaning: 'training episodes finished', value: (run) => run.measures?.episodes ?? null },
  { name: 'seconds', meaning: 'wall-clock seconds', value: (run) => run.measures?.seconds ?? null },
  { name: 'run', meaning: 'name of the run folder', value: (run) => run.name },
]

const SPREAD: readonly CsvColumn<Distribution | null>[] = [
  { name: 'mean', meaning: 'mean', value: (d) => d?.mean ?? null },
  { name: 'sd', meaning: 'standard deviation (ddof 1)', value: (d) => d?.sd ?? null },
  { name: 'iqm', meaning: 'interquartile mean', value: (d) => d?.iqm ?? null },
  { name: 'iqm_low', meaning: 'lower end of its 95 % bootstrap interval', value: (d) => d?.interval?.low ?? null },
  { name: 'iqm_high', meaning: 'upper end of its 95 % bootstrap interval', value: (d) => d?.interval?.high ?? null },
  { name: 'median', meaning: 'median', value: (d) => d?.median ?? null },
  { name: 'min', meaning: 'smallest', value: (d) => d?.min ?? null },
  { name: 'max', meaning: 'largest', value: (d) => d?.max ?? null },
]

const COMPARED_NAMES = { finalReturn: 'final_return', area: 'area', lateDip: 'late_dip' } as const

export const RULE_COLUMNS: readonly CsvColumn<RuleSummary>[] = [
  { name: 'env', meaning: 'environment', value: (rule) => rule.env },
  { name: 'clip', meaning: 'clip rule as asked for', value: (rule) => rule.clip },
  { name: 'n', meaning: 'runs measured', value: (rule) => rule.n },
  { name: 'failed', meaning: 'runs without a result', value: (rule) => rule.failed },
  ...COMPARED.flatMap((measure) =>
    SPREAD.map(({ name, meaning, value }) => ({
      name: `${COMPARED_NAMES[measure]}_${name}`,
      meaning: `${meaning} of ${COMPARED_NAMES[measure]} over runs`,
      value: (rule: RuleSummary) => value(rule[measure]),
    })),
  ),
  { name: 'late_dip_mean', meaning: 'mean of late_dip over runs', value: (rule) => rule.lateDip?.mean ?? null },
  { name: 'evaluation_mean', meaning: 'mean of evaluation over runs', value: (rule) => rule.evaluation?.mean ?? null },
  { name: 'reached_threshold', meaning: 'runs that reached the threshold', value: (rule) => rule.stepsToThreshold?.n ?? 0 },
  {
    name: 'steps_to_threshold_median',
    meaning: 'median of steps_to_threshold over the runs that reached it',
    value: (rule) => rule.stepsToThreshold?.median ?? null,
  },
  { name: 'final_tau_median', meaning: 'median of final_tau over runs', value: (rule) => rule.finalTau?.median ?? null },
  { name: 'final_tau_min', meaning: 'smallest final_tau', value: (rule) => rule.finalTau?.min ?? null },
  { name: 'final_tau_max', meaning: 'largest final_tau', value: (rule) => rule.finalTau?.max ?? null },
  { name: 'clip_rate_mean', meaning: 'mean of clip_rate over runs', value: (rule) => rule.clipRate?.mean ?? null },
  { name: 'skipped', meaning: 'skipped minibatch steps of all runs', value: (rule) => rule.skipped },
  { name: 'seconds_mean', meaning: 'mean wall-clock seconds of a run', value: (rule) => rule.seconds },
]

export const DIFFERENCE_CSV_COLUMNS: readonly CsvColumn<Difference>[] = [
  { name: 'env', meaning: 'environment', value: (entry) => entry.env },
  { name: 'clip', meaning: 'clip rule as asked for', value: (entry) => entry.clip },
  { name: 'baseline', meaning: 'clip rule that it is compared with', value: (entry) => entry.baseline },
  { name: 'measure', meaning: 'final_return or area', value: (entry) => COMPARED_NAMES[entry.measure] },
  { name: 'pairs', meaning: 'seeds that both have', value: (entry) => entry.paired?.pairs ?? 0 },
  { name: 'difference', meaning: 'mean of clip − baseline over the pairs', value: (entry) => entry.paired?.mean ?? null },
  { name: 'low', meaning: 'lower end of its 95 % bootstrap interval', value: (entry) => entry.paired?.interval?.low ?? null },
  { name: 'high', meaning: 'upper end of its 95 % bootstrap interval', value: (entry) => entry.paired?.interval?.high ?? null },
  { name: 'p', meaning: 'two-sided sign-flip p', value: (entry) => entry.paired?.p ?? null },
  { name: 'p_holm', meaning: 'p after Holm over the rules of this environment and measure', value: (entry) => entry.adjustedP },
  { name: 'p_smallest', meaning: 'smallest p that this number of pairs can reach', value: (entry) => entry.paired?.smallestP ?? null },
  { name: 'improvement', meaning: 'probability that a run of the rule beats one of the baseline', value: (entry) => entry.improvement },
  { name: 'verdict', meaning: 'better, worse, no difference shown, or why not compared', value: (entry) => entry.verdict },
]

export function toCsv<Row>(columns: readonly CsvColumn<Row>[], rows: readonly Row[]): string {
  const lines = [columns.map(({ name }) => name), ...rows.map((row) => columns.map(({ value }) => text(value(row))))]
  return lines.map((cells) => `${cells.map(quoted).join(',')}\n`).join('')
}

/** The inverse of `toCsv`: one object per row, all values as text. Understands quotes, doubled quotes and line breaks inside them. */
export function readCsv(csv: string): Record<string, string>[] {
  const [header, ...rows] = records(csv)
  if (header === undefined) return []
  return rows.map((cells) => Object.fromEntries(header.map((name, i) => [name, cells[i] ?? ''])))
}

const text = (cell: Cell): string => (cell === null || (typeof cell === 'number' && !Number.isFinite(cell)) ? '' : String(cell))

const quoted = (cell: string): string => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)

function records(csv: string): string[][] {
  const found: string[][] = []
  let cells: string[] = []
  // A cell, quoted or not, and what ends it.
  for (const match of csv.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g)) {
    const [whole, inQuotes, plain, end] = match
    if (whole === '' && cells.length === 0) break // the end of the text
    cells.push(inQuotes === undefined ? (plain ?? '') : inQuotes.replaceAll('""', '"'))
    if (end === ',') continue
    found.push(cells)
    cells = []
  }
  return found
}
