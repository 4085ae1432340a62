/** The return over the run: every episode as a dot, the mean of the last 100 as a line, evaluations as marks, the solved threshold dashed. */
import { type Curve, chart } from '../chart.js'
import { number, tick } from '../numbers.js'
import { lastOf, points } from '../series.js'
import type { DashboardState } from '../state.js'
import { type Line, packed, span } from '../text.js'
import { MARK } from '../theme.js'
import { BOX_HEIGHT, BOX_WIDTH, boxed, numbered, type Panel } from './panel.js'

export const returnPanel: Panel = (state, view, width, height) =>
  boxed(numbered(1, 'Return'), plainReturn(state, view, width - BOX_WIDTH, height - BOX_HEIGHT), width, height)

/** The same without a box. */
export const plainReturn: Panel = (state, _view, width, height) => {
  const { returns, means, evaluations, run } = state
  const curves: Curve[] = [
    { points: points(returns), role: 'dots', style: 'dots' },
    { points: points(means), role: 'curve', style: 'line' },
  ]
  const drawn = chart({
    width,
    height: height - 1,
    curves,
    marks: points(evaluations).map(({ x, last }) => ({ x, y: last, glyph: MARK, role: 'evaluation' as const })),
    limit: run?.solvedAt === null || run === null ? null : { y: run.solvedAt, role: 'goal' },
    from: state.from,
    to: state.step,
    steps: height >= 7,
  })
  return [legend(state, width), ...drawn]
}

/** The newest mean of up to 100 episodes. */
export const meanReturn = ({ latest, means }: DashboardState): number | null => lastOf(means) ?? latest['rollout/ep_rew_mean'] ?? null

function legend(state: DashboardState, width: number): Line {
  const { evaluation, bestReturn, recent, run } = state
  const over = recent.length > 0 && recent.length < 100 ? ` of ${recent.length}` : ''
  const parts: Line[] = [
    [span(`mean${over} `, 'curve'), span(number(meanReturn(state)), 'strong')],
    evaluation === null
      ? []
      : [span(`${MARK} eval `, 'evaluation'), span(number(evaluation.mean)), span(` ± ${number(evaluation.std)}`, 'dim')],
    [span('best ', 'dim'), span(number(bestReturn))],
    run === null || run.solvedAt === null ? [] : [span('solved ', 'goal'), span(tick(run.solvedAt))],
  ]
  return packed(parts, width, 2)
}
