/** A comparison for the terminal, or plain for a pipe. */
import type { Comparison } from '../compare.js'
import { intervalBars } from './bars.js'
import { BEHAVIOUR_COLUMNS, DIFFERENCE_COLUMNS, distributionColumns, FAILURE_COLUMNS } from './columns.js'
import { CUT_SHORT, notes } from './notes.js'
import { table } from './table.js'

export interface TextOptions {
  /** Characters a line may have. Default: no limit, as for a pipe. */
  readonly width?: number
  /** Bars in plain ASCII. Default false. */
  readonly ascii?: boolean
}

/** The whole comparison, ending without a newline. */
export function comparisonText(
  { summary, runs, interruptedBy }: Comparison,
  { width = Number.POSITIVE_INFINITY, ascii = false }: TextOptions = {},
): string {
  const lines: string[] = []
  const section = (title: string, body: readonly string[]) => {
    if (body.length > 0) lines.push(title, ...body, '')
  }
  for (const env of new Set(runs.map((run) => run.env))) {
    const rules = summary.rules.filter((rule) => rule.env === env)
    const bars = rules.map((rule) => ({ name: rule.clip, distribution: rule.finalReturn }))
    section(`${env}: mean return of the last 100 training episodes`, table(distributionColumns('finalReturn'), rules, width))
    section('IQM with its interval', intervalBars(bars, width, ascii))
    section(`${env}: area under the learning curve, per step`, table(distributionColumns('area'), rules, width))
    section(`${env}: behaviour`, table(BEHAVIOUR_COLUMNS, rules, width))
    const differences = summary.differences.filter((entry) => entry.env === env)
    if (differences.length > 0) section(`${env}: against ${summary.baseline}, seed by seed`, table(DIFFERENCE_COLUMNS, differences, width))
  }
  for (const { clip, envs, probability, interval } of summary.overall) {
    const range = `[${interval.low.toFixed(2)}, ${interval.high.toFixed(2)}]`
    lines.push(
      `over ${envs} environments a run of ${clip} beats one of ${summary.baseline} with probability ${probability.toFixed(2)} ${range}`,
    )
  }
  const failed = runs.filter((run) => run.failure !== null)
  if (failed.length > 0) section('runs without a result', table(FAILURE_COLUMNS, failed, width))
  if (interruptedBy !== null) lines.push(CUT_SHORT)
  lines.push(...notes(summary))
  return lines.join('\n').trimEnd()
}
