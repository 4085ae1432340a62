/**
 * The heart: gradient norms before and after clipping, and the threshold τ on the same axis, for each group that has a τ of its own.
 * Where the clip works, the line before runs above the dashed τ and the line after along it; where they coincide, nothing was clipped.
 * Each chart's first line holds its newest numbers and, in the colours of the curves, is its legend.
 */
import { type Curve, chart } from '../chart.js'
import { verdict } from '../health.js'
import { number, percent } from '../numbers.js'
import { EMPTY_SERIES, points, smoothed } from '../series.js'
import type { DashboardState } from '../state.js'
import { fitText, type Line, lineCells, packed, span } from '../text.js'
import type { DashboardView } from '../view.js'
import { BOX_HEIGHT, BOX_WIDTH, boxed, numbered, type Panel } from './panel.js'

export const gradientPanel: Panel = (state, view, width, height) => {
  const title = [...numbered(2, 'Gradient norm'), span(view.logScale ? ', log' : '', 'dim'), span(smoothWord(view), 'dim')]
  const inner = plainGradient(state, view, width - BOX_WIDTH, height - BOX_HEIGHT)
  return boxed(title, inner, width, height, skipped(state))
}

/** The same without a box: as many charts as fit, and below them the layers if there is room to spare. */
export const plainGradient: Panel = (state, view, width, height) => {
  const all = families(state)
  const table = layerTable(state, width)
  const wanted = view.group > 0 ? all.slice(view.group - 1, view.group) : all
  const stacked = wanted.length > 1 && height >= 4 * wanted.length + 1
  const shown = stacked || wanted.length === 1 ? wanted : [{ name: 'all', prefix: 'grad' }]
  // Groups without a chart of their own are rows of the table.
  const rows = shown.length < wanted.length ? [...groupTable(state, all, width), ...table] : table
  const spare = height - MINIMAL_CHART * shown.length - 1
  const tableRows = rows.length <= spare || shown.length < wanted.length ? Math.max(0, Math.min(rows.length, spare)) : 0
  const steps = height - tableRows >= 4 * shown.length + 1 ? 1 : 0
  const free = height - tableRows - steps
  const lines: Line[] = []
  shown.forEach((family, i) => {
    const last = i === shown.length - 1
    const share = Math.floor((free * (i + 1)) / shown.length) - Math.floor((free * i) / shown.length)
    lines.push(headline(state, family, width))
    lines.push(...normChart(state, view, family, width, share - 1 + (last ? steps : 0), last && steps > 0))
  })
  return [...lines, ...rows.slice(0, tableRows)]
}

/** Rows that a chart with its headline gets before a table may take any. */
const MINIMAL_CHART = 8

/** Where the metrics of a group, or of the whole gradient, are found. */
interface Family {
  readonly name: string
  readonly prefix: string
}

/** One entry per group; one for everything when there is a single group or none is reported. */
function families({ groups }: DashboardState): readonly Family[] {
  if (groups.length < 2) return [{ name: 'all', prefix: 'grad' }]
  return groups.map((name) => ({ name, prefix: `grad/group/${name}` }))
}

function normChart(
  state: DashboardState,
  view: DashboardView,
  { prefix }: Family,
  width: number,
  height: number,
  steps: boolean,
): readonly Line[] {
  const series = (name: string) => points(state.metrics[`${prefix}/${name}`] ?? EMPTY_SERIES)
  const curves: Curve[] = [
    { points: smoothed(series('norm_pre'), view.smoothing), role: 'before', style: 'line' },
    { points: smoothed(series('norm_post'), view.smoothing), role: 'after', style: 'line' },
    { points: series('tau'), role: 'tau', style: 'steps' },
  ]
  return chart({ width, height, curves, log: view.logScale, from: state.from, to: state.step, steps })
}

function headline({ latest }: DashboardState, { name, prefix }: Family, width: number): Line {
  const value = (metric: string): number | null => latest[`${prefix}/${metric}`] ?? null
  const clipRate = value('clip_rate')
  const tau = latest[`${prefix}/tau`]
  const { word, role } = verdict('grad/clip_rate', clipRate)
  const parts: Line[] = [
    [span(name === 'all' ? 'all' : name, 'strong')],
    [span('before ', 'before'), span(number(value('norm_pre')))],
    [span('after ', 'after'), span(number(value('norm_post')))],
    [span('τ ', 'tau'), span(tau === null ? 'no limit' : number(tau))],
    [span('clipped ', 'dim'), span(percent(clipRate))],
    word === '' ? [] : [span(word, role)],
  ]
  const cells = parts.slice(0, 5).reduce((sum, part) => sum + lineCells(part), 0)
  const gap = [2, 1].find((each) => cells + 4 * each <= width)
  return gap === undefined ? narrow(parts, width) : packed(parts, width, gap)
}

/** The same in few cells: 'actor 0.412 → 0.398  τ 0.500  12 %'. */
function narrow(parts: readonly Line[], width: number): Line {
  const [name, before, after, tau, clipped] = parts
  const numbers: Line = [
    ...(name ?? []),
    span(' '),
    span(before?.[1]?.text ?? '', 'before'),
    span(' → ', 'dim'),
    span(after?.[1]?.text ?? '', 'after'),
  ]
  return packed([numbers, tau ?? [], clipped?.slice(1) ?? []], width, 2)
}

function groupTable({ latest }: DashboardState, all: readonly Family[], width: number): readonly Line[] {
  const head = columns(['group', 'before', 'after', 'τ', 'clipped'], width)
  const rows = all.map(({ name, prefix }) => {
    const value = (metric: string) => latest[`${prefix}/${metric}`] ?? null
    const tau = latest[`${prefix}/tau`]
    const cells = [
      name,
      number(value('norm_pre')),
      number(value('norm_post')),
      tau === null ? 'no limit' : number(tau),
      percent(value('clip_rate')),
    ]
    return [span(columns(cells, width))]
  })
  return [[span(head, 'dim')], ...rows]
}

/** Layer by layer: norms, the norm of the weights, and the share of it that one gradient is. */
function layerTable({ layers, latest }: DashboardState, width: number): readonly Line[] {
  if (layers.length === 0) return []
  const rows = layers.map((name) => {
    const value = (metric: string) => latest[`grad/layer/${name}/${metric}`] ?? null
    const [before, weights] = [value('norm_pre'), value('weight_norm')]
    const ratio = before !== null && weights !== null && weights > 0 ? before / weights : null
    return [span(columns([name, number(before), number(value('norm_post')), number(weights), number(ratio)], width))]
  })
  return [[span(columns(['layer', 'before', 'after', 'weights', 'ratio'], width), 'dim')], ...rows]
}

/** The first cell takes what the others, nine cells each, leave, up to 24. */
function columns([name, ...values]: readonly string[], width: number): string {
  const first = Math.min(24, Math.max(8, width - 9 * values.length))
  return fitText(fitText(name ?? '', first) + values.map((value) => fitText(value, 9, 'right')).join(''), width)
}

function skipped({ latest }: DashboardState): Line {
  const times = latest['grad/skipped'] ?? 0
  return times > 0 ? [span(`${times} skipped, not finite`, 'bad')] : []
}

const smoothWord = ({ smoothing }: DashboardView): string => (smoothing > 0 ? `, smooth ${smoothing}` : '')
