/** What the update says about itself: losses, KL, entropy and the like, each with its history and, where there is a healthy band, a word. */
import { verdict } from '../health.js'
import { number, percent } from '../numbers.js'
import { EMPTY_SERIES, firstOf, points, type Series, smoothed } from '../series.js'
import { sparkline } from '../sparkline.js'
import type { DashboardState } from '../state.js'
import { fitText, type Line, span } from '../text.js'
import { BOX_HEIGHT, BOX_WIDTH, boxed, numbered, type Panel } from './panel.js'

interface Row {
  readonly metric: string
  readonly name: string
  /** At most eleven cells, for a narrow panel. */
  readonly short: string
  readonly show: (value: number | null) => string
  /** The metric is minus what is shown. */
  readonly negated?: boolean
}

/** The most telling first: a low panel shows only these. */
const ROWS: readonly Row[] = [
  { metric: 'train/approx_kl', name: 'KL', short: 'KL', show: number },
  { metric: 'train/clip_fraction', name: 'ratios clipped', short: 'ratios clip', show: percent },
  { metric: 'train/entropy_loss', name: 'entropy', short: 'entropy', show: number, negated: true },
  { metric: 'train/explained_variance', name: 'explained variance', short: 'expl. var', show: number },
  { metric: 'train/value_loss', name: 'value loss', short: 'value loss', show: number },
  { metric: 'train/policy_gradient_loss', name: 'policy loss', short: 'policy loss', show: number },
  { metric: 'train/learning_rate', name: 'learning rate', short: 'learn. rate', show: number },
  { metric: 'train/loss', name: 'loss', short: 'loss', show: number },
  { metric: 'train/std', name: 'policy std', short: 'policy std', show: number },
  { metric: 'rollout/ep_len_mean', name: 'episode length', short: 'ep. length', show: number },
  { metric: 'grad/skipped', name: 'steps skipped', short: 'skipped', show: number },
  { metric: 'train/clip_range', name: 'ratio clip', short: 'ratio clip', show: number },
  { metric: 'memory/tensors', name: 'tensors alive', short: 'tensors', show: number },
]

export const learningPanel: Panel = (state, view, width, height) => {
  const inner = { width: width - BOX_WIDTH, height: height - BOX_HEIGHT }
  const time = timeRow(state, inner.width)
  const rows = ROWS.filter(({ metric }) => Object.hasOwn(state.latest, metric)).slice(0, Math.max(0, inner.height - time.length))
  const lines = rows.map((row) => metricRow(state, row, inner.width, view.smoothing))
  const content = lines.length > 0 ? [...lines, ...time] : [[span('the first update is not done yet', 'dim')]]
  return boxed(numbered(3, 'Learning'), content, width, height)
}

/** Cells of a row: label, value, history, word. */
function widths(width: number): { readonly label: number; readonly value: number; readonly history: number; readonly word: number } {
  const narrow = width < 46
  const [label, value, word] = narrow ? [11, 9, 9] : [18, 8, 10]
  return { label, value, history: Math.max(0, width - label - value - word - (narrow ? 2 : 4)), word }
}

function metricRow(state: DashboardState, row: Row, width: number, smoothing: number): Line {
  const { metric, name, short, show, negated = false } = row
  const value = state.latest[metric] ?? null
  const series = state.metrics[metric] ?? EMPTY_SERIES
  const { word, role } = verdict(metric, value, firstOf(series))
  const size = widths(width)
  const gap = span(width < 46 ? ' ' : '  ')
  return [
    span(fitText(width < 46 ? short : name, size.label), 'dim'),
    span(fitText(show(value === null ? null : negated ? -value : value), size.value, 'right'), 'strong'),
    gap,
    span(fitText(historyOf(series, size.history, smoothing, negated), size.history), 'after'),
    gap,
    span(fitText(word, size.word), role),
  ]
}

function historyOf(series: Series, width: number, smoothing: number, negated: boolean): string {
  const all = smoothed(points(series), smoothing)
  return sparkline(negated ? all.map((point) => ({ ...point, mean: -point.mean })) : all, width)
}

/** How an update's time is split between acting and learning. */
function timeRow({ latest }: DashboardState, width: number): readonly Line[] {
  const acting = latest['time/rollout_seconds'] ?? null
  const learning = latest['time/update_seconds'] ?? null
  if (acting === null || learning === null || acting + learning <= 0) return []
  const share = acting / (acting + learning)
  const narrow = width < 48
  const words = narrow ? ['act', 'learn'] : ['acting', 'learning']
  const text = `${words[0]} ${percent(share)}, ${words[1]} ${percent(1 - share)}`
  return [[span(fitText('time', widths(width).label + 2), 'dim'), span(text)]]
}
