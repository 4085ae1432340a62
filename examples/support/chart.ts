/** Learning curves as an SVG document: one line per run, one colour per name, smoothed; text built by hand, no library. */

export interface Line {
  /** Runs of one name share a colour and a row of the legend. */
  readonly name: string
  readonly values: readonly number[]
}

export interface ChartOptions {
  readonly title: string
  /** What the upward axis says. */
  readonly measure: string
  /** Length of the other axis, and what is counted there. */
  readonly steps: number
  readonly unit: string
  /** A dashed line across, such as the loss of guessing. */
  readonly guess: number
  /** Values above are drawn at this height. Default: the highest value. */
  readonly most?: number
}

const WIDTH = 830 // px
const HEIGHT = 440 // px
const PLOT = { left: 70, right: 560, top: 50, bottom: 390 } // px
const POINTS = 100 // per line: each is the mean of its share of the steps
const COLOURS = ['#888888', '#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#000000'] // Okabe & Ito 2008: told apart by all

/** One document. A line ends where its run broke, with a cross. */
export function chart(
  lines: readonly Line[],
  { title, measure, steps, unit, guess, most = Number.POSITIVE_INFINITY }: ChartOptions,
): string {
  const names = [...new Set(lines.map(({ name }) => name))]
  const smooth = lines.map(({ name, values }) => ({
    name,
    points: smoothed(values, steps),
    broke: values.some((v) => !Number.isFinite(v)),
  }))
  const seen = [guess, ...smooth.flatMap(({ points }) => points.map(([, value]) => value))]
  const low = Math.min(...seen)
  const high = Math.max(guess, Math.min(Math.max(...seen), most))
  const x = (step: number) => round(PLOT.left + (step / steps) * (PLOT.right - PLOT.left))
  const y = (value: number) => round(PLOT.bottom - ((Math.min(value, high) - low) / (high - low || 1)) * (PLOT.bottom - PLOT.top))
  const colour = (name: string) => COLOURS[names.indexOf(name) % COLOURS.length]!
  const body = [
    text(PLOT.left, 28, title, 16),
    text(PLOT.left, PLOT.top - 8, measure, 11),
    `<path d="M${PLOT.left} ${PLOT.top}V${PLOT.bottom}H${PLOT.right}" fill="none" stroke="#444"/>`,
    ...ticks(low, high).map((value) => text(PLOT.left - 6, y(value) + 4, label(value), 11, 'end')),
    ...[0, steps / 2, steps].map((step) => text(x(step), PLOT.bottom + 16, label(step), 11, 'middle')),
    text((PLOT.left + PLOT.right) / 2, PLOT.bottom + 34, unit, 11, 'middle'),
    `<path d="M${PLOT.left} ${y(guess)}H${PLOT.right}" stroke="#444" stroke-dasharray="4 4"/>`,
    text(PLOT.right + 6, y(guess) + 4, 'guessing', 11),
    ...smooth.map(({ name, points }) => {
      const path = points.map(([step, value]) => `${x(step)},${y(value)}`).join(' ')
      return `<polyline points="${path}" fill="none" stroke="${colour(name)}" stroke-width="1.5"/>`
    }),
    ...smooth.flatMap(({ name, points, broke }) => {
      if (!broke) return []
      const [step, value] = points.at(-1) ?? [0, high]
      return [`<path d="M${x(step) - 4} ${y(value) - 4}l8 8m0 -8l-8 8" stroke="${colour(name)}" stroke-width="2"/>`]
    }),
    ...names.flatMap((name, i) => {
      const at = PLOT.top + 24 * i
      return [`<path d="M${PLOT.right + 70} ${at}h20" stroke="${colour(name)}" stroke-width="3"/>`, text(PLOT.right + 96, at + 4, name, 11)]
    }),
  ]
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif">`,
    '<rect width="100%" height="100%" fill="#fff"/>',
    ...body,
    '</svg>',
    '',
  ].join('\n')
}

/** Means over equal shares of the steps, until the first value that is not finite. */
function smoothed(values: readonly number[], steps: number): (readonly [step: number, value: number])[] {
  const width = Math.max(1, Math.ceil(steps / POINTS))
  const end = values.findIndex((value) => !Number.isFinite(value))
  const finite = end < 0 ? values : values.slice(0, end)
  const points: [number, number][] = []
  for (let from = 0; from < finite.length; from += width) {
    const share = finite.slice(from, from + width)
    points.push([from + share.length, share.reduce((sum, value) => sum + value, 0) / share.length])
  }
  return points
}

const ticks = (low: number, high: number): number[] => [0, 0.25, 0.5, 0.75, 1].map((share) => low + share * (high - low))
const label = (value: number): string => String(Number(value.toPrecision(3)))
const round = (value: number): number => Math.round(value * 10) / 10

function text(x: number, y: number, words: string, size: number, anchor: 'start' | 'middle' | 'end' = 'start'): string {
  const escaped = words.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
  return `<text x="${x}" y="${y}" font-size="${size}" text-anchor="${anchor}" fill="#222">${escaped}</text>`
}
