/** The tables of a comparison: which columns they have and what stands in them. Terminal and Markdown show the same. */
import type { Difference, Distribution, RuleSummary, RunRow } from '../summary.js'
import { formatCount, formatDifference, formatInterval, formatNumber, formatP, formatPercent, NONE } from './format.js'

export interface Column<Row> {
  readonly title: string
  readonly align: 'left' | 'right'
  readonly cell: (row: Row) => string
  /** When a table is too wide, columns with the highest number go first; without one a column always stays. */
  readonly dispensable?: number
}

const rule = (row: { readonly clip: string }): string => row.clip
const runs = ({ n, failed }: RuleSummary): string => (failed === 0 ? String(n) : `${n} (${failed} failed)`)

/** One measure over the seeds of each rule. */
export const distributionColumns = (measure: 'finalReturn' | 'area'): readonly Column<RuleSummary>[] => {
  const of = (read: (d: Distribution) => string) => (row: RuleSummary) => {
    const found = row[measure]
    return found === null ? NONE : read(found)
  }
  return [
    { title: 'rule', align: 'left', cell: rule },
    { title: 'n', align: 'right', cell: runs },
    { title: 'mean', align: 'right', cell: of((d) => formatNumber(d.mean)) },
    { title: 'sd', align: 'right', cell: of((d) => formatNumber(d.sd)) },
    { title: 'IQM', align: 'right', cell: of((d) => formatNumber(d.iqm)) },
    { title: '95% interval', align: 'right', cell: of((d) => formatInterval(d.interval)) },
    { title: 'median', align: 'right', cell: of((d) => formatNumber(d.median)), dispensable: 2 },
    { title: 'min', align: 'right', cell: of((d) => formatNumber(d.min)), dispensable: 1 },
    { title: 'max', align: 'right', cell: of((d) => formatNumber(d.max)), dispensable: 3 },
  ]
}

const range = (d: Distribution | null): string =>
  d === null ? NONE : `${formatNumber(d.median)} (${formatNumber(d.min)} to ${formatNumber(d.max)})`

/** What else is known of each rule. */
export const BEHAVIOUR_COLUMNS: readonly Column<RuleSummary>[] = [
  { title: 'rule', align: 'left', cell: rule },
  { title: 'evaluation', align: 'right', cell: ({ evaluation }) => formatNumber(evaluation?.mean) },
  { title: 'worst late dip', align: 'right', cell: ({ lateDip }) => formatNumber(lateDip?.mean) },
  {
    title: 'steps to threshold',
    align: 'right',
    cell: ({ stepsToThreshold: d, n }) => (d === null ? NONE : `${formatCount(d.median)} (${d.n} of ${n})`),
    dispensable: 1,
  },
  { title: 'final τ', align: 'right', cell: ({ finalTau }) => range(finalTau) },
  { title: 'clip rate', align: 'right', cell: ({ clipRate }) => formatPercent(clipRate?.mean) },
  { title: 'skipped', align: 'right', cell: ({ skipped }) => String(skipped), dispensable: 3 },
  { title: 'seconds', align: 'right', cell: ({ seconds }) => formatNumber(seconds), dispensable: 2 },
]

export const DIFFERENCE_COLUMNS: readonly Column<Difference>[] = [
  { title: 'rule', align: 'left', cell: rule },
  { title: 'measure', align: 'left', cell: ({ measure }) => MEASURE_NAMES[measure] },
  { title: 'pairs', align: 'right', cell: ({ paired }) => String(paired?.pairs ?? 0) },
  { title: 'difference', align: 'right', cell: ({ paired }) => (paired === null ? NONE : formatDifference(paired.mean)) },
  { title: '95% interval', align: 'right', cell: ({ paired }) => formatInterval(paired?.interval) },
  { title: 'p', align: 'right', cell: ({ paired }) => formatP(paired?.p), dispensable: 1 },
  { title: 'p (Holm)', align: 'right', cell: ({ adjustedP }) => formatP(adjustedP) },
  { title: 'P(better)', align: 'right', cell: ({ improvement }) => (improvement === null ? NONE : improvement.toFixed(2)), dispensable: 3 },
  { title: 'verdict', align: 'left', cell: ({ verdict }) => verdict },
]

export const FAILURE_COLUMNS: readonly Column<RunRow>[] = [
  { title: 'run', align: 'left', cell: ({ name }) => name },
  { title: 'why', align: 'left', cell: ({ failure }) => failure ?? NONE },
  { title: 'last words', align: 'left', cell: ({ lastWords }) => lastWords.at(-1) ?? NONE },
]

const MEASURE_NAMES = { finalReturn: 'final return', area: 'area', lateDip: 'late dip' } as const
