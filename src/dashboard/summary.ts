/** What stays in the terminal when the dashboard has gone: the result in a few lines. */
import { count, duration, number, percent } from './numbers.js'
import { meanReturn } from './panels/return.js'
import type { DashboardState } from './state.js'
import { clean, type Line, span } from './text.js'
import { paint, type Theme } from './theme.js'

/** Lines that end with a newline; '' when there was no run. */
export function summary(state: DashboardState, theme: Theme, folder?: string): string {
  const { run, result, evaluation, latest } = state
  if (run === null) return ''
  const label = (name: string) => span(name.padEnd(10), 'dim')
  const status = result === null ? 'ended early' : result.status
  const tested = result?.evalReturnMean ?? evaluation?.mean ?? null
  const spread = result?.evalReturnStd ?? evaluation?.std ?? null
  const seconds = result?.seconds ?? state.seconds
  const speed = result?.stepsPerSecond ?? state.speed.mean
  const [before, after, tau, clipped] = ['norm_pre', 'norm_post', 'tau', 'clip_rate'].map((name) => latest[`grad/${name}`] ?? null)
  const lines: Line[] = [
    [
      span('τ tau-rl', 'title'),
      span(`  ${run.algo.toUpperCase()} on ${run.env}, seed ${run.seed}, clip ${run.clip}: `),
      span(status, 'strong'),
    ],
    [
      label('return'),
      span(
        `${number(result?.meanReturn100 ?? meanReturn(state))} over the last ${Math.max(1, state.recent.length)} episodes, best ${number(state.bestReturn)}`,
      ),
      span(tested === null ? '' : `, evaluation ${number(tested)} ± ${number(spread)}`),
    ],
    [label('gradient'), span(`norm ${number(before)} before, ${number(after)} after, τ ${number(tau)}, ${percent(clipped)} clipped`)],
    [
      label('steps'),
      span(
        `${count(state.step)} in ${duration(seconds)} (${count(speed)}/s), ${count(state.updates)} updates, ${count(state.episodes)} episodes`,
      ),
    ],
    ...(folder === undefined ? [] : [[label('folder'), span(clean(folder))]]),
  ]
  return lines.map((line) => `${paint(line, theme)}\n`).join('')
}
