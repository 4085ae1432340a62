/**
 * Which panels stand where at which size. A layout is a tree of rows and columns of panels whose sizes add up exactly:
 * nothing is left to be shrunk or wrapped. The frame is one row lower than the terminal, because a terminal scrolls when its last
 * cell is written and Ink clears the whole screen, history included, when a frame fills it.
 */

export type PanelName =
  | 'header'
  | 'heading'
  | 'return'
  | 'gradient'
  | 'learning'
  | 'preview'
  | 'log'
  | 'help'
  | 'footer'
  | 'numbers'
  | 'plain-return'
  | 'plain-gradient'
  | 'line'

export interface PanelCell {
  readonly panel: PanelName
  readonly width: number
  readonly height: number
}

export type Layout = PanelCell | { readonly direction: 'row' | 'column'; readonly children: readonly Layout[] }

export interface LayoutWishes {
  /** A panel of its own: 1 return, 2 gradient, 3 learning, 4 environment. */
  readonly focus: 0 | 1 | 2 | 3 | 4
  readonly help: boolean
  /** There is a drawing and it is wanted. */
  readonly preview: boolean
}

/** The layout for a terminal of `columns` × `rows` cells: `columns` wide and at most `rows` − 1 high. */
export function layoutFor(columns: number, rows: number, wishes: LayoutWishes): Layout {
  const width = Math.max(1, columns)
  const height = Math.max(1, rows - 1)
  if (width < 36 || height < 7) return panel('line', width, height)
  if (width < 70 || height < 19) return small(width, height, wishes)
  const boxed = width >= 100 && height >= 30
  const header = boxed ? panel('header', width, 4) : panel('heading', width, 2)
  const body = { width, height: height - header.height - 1 }
  return column(header, bodyOf(body.width, body.height, wishes), panel('footer', width, 1))
}

function bodyOf(width: number, height: number, wishes: LayoutWishes): Layout {
  if (wishes.help) return panel('help', width, height)
  if (wishes.focus > 0) return panel(FOCUSED[wishes.focus - 1]!, width, height)
  if (width >= 170 && height >= 30) return threeColumns(width, height, wishes.preview)
  return width >= 100 && height >= 28 ? twoColumns(width, height, wishes.preview) : quarters(width, height, wishes.preview)
}

const FOCUSED = ['return', 'gradient', 'learning', 'preview'] as const

function threeColumns(width: number, height: number, preview: boolean): Layout {
  const middle = Math.ceil(width * 0.38)
  const left = Math.floor((width - middle) / 2)
  const right = width - middle - left
  const log = Math.max(8, Math.floor(height * 0.25))
  const learning = preview ? Math.min(LEARNING_ROWS, height - 12) : height
  return row(
    column(panel('return', left, height - log), panel('log', left, log)),
    panel('gradient', middle, height),
    preview ? column(panel('learning', right, learning), panel('preview', right, height - learning)) : panel('learning', right, height),
  )
}

function twoColumns(width: number, height: number, preview: boolean): Layout {
  const left = Math.ceil(width / 2)
  const right = width - left
  const log = Math.max(5, Math.floor(height * 0.18))
  const learning = Math.min(LEARNING_ROWS, Math.floor(height * 0.4))
  const drawing = Math.max(9, Math.floor(height * 0.35))
  return row(
    column(panel('return', left, height - learning - log), panel('learning', left, learning), panel('log', left, log)),
    preview ? column(panel('gradient', right, height - drawing), panel('preview', right, drawing)) : panel('gradient', right, height),
  )
}

/** Four panels of which the charts, above, are a little higher. */
function quarters(width: number, height: number, preview: boolean): Layout {
  const left = Math.ceil(width / 2)
  const right = width - left
  const log = height >= 28 ? Math.floor(height * 0.2) : 0
  const top = Math.ceil((height - log) * 0.54)
  const bottom = height - log - top
  const last = preview ? 'preview' : log > 0 ? null : 'log'
  return column(
    row(panel('return', left, top), panel('gradient', right, top)),
    last === null ? panel('learning', width, bottom) : row(panel('learning', left, bottom), panel(last, right, bottom)),
    ...(log > 0 ? [panel('log', width, log)] : []),
  )
}

/** Numbers and a chart without boxes: beside each other, or in a narrow window one below the other. */
function small(width: number, height: number, wishes: LayoutWishes): Layout {
  const footer = height >= 12 ? 1 : 0
  const body = height - 2 - footer
  const heading = panel('heading', width, 2)
  const below = footer > 0 ? [panel('footer', width, 1)] : []
  if (wishes.help) return column(heading, panel('help', width, body), ...below)
  const focus = wishes.focus > 0 ? SMALL_FOCUSED[wishes.focus - 1]! : null
  if (focus !== null) return column(heading, panel(focus, width, body), ...below)
  if (width >= 52) {
    const numbers = width >= 64 ? 28 : 24
    const second = body >= 16 ? Math.floor(body / 2) : 0
    const charts = [panel('plain-return', width - numbers, body - second)]
    if (second > 0) charts.push(panel('plain-gradient', width - numbers, second))
    return column(heading, row(panel('numbers', numbers, body), column(...charts)), ...below)
  }
  const numbers = body >= 14 ? 6 : Math.max(2, Math.ceil(body / 2) - 1)
  const second = body >= 18 ? Math.floor((body - numbers) / 2) : 0
  const charts = [panel('plain-return', width, body - numbers - second)]
  if (second > 0) charts.push(panel('plain-gradient', width, second))
  return column(heading, panel('numbers', width, numbers), ...charts, ...below)
}

const SMALL_FOCUSED = ['plain-return', 'plain-gradient', 'numbers', 'preview'] as const

/** Rows of the learning panel that show everything it has. */
const LEARNING_ROWS = 14

const panel = (name: PanelName, width: number, height: number): PanelCell => ({ panel: name, width, height })
const row = (...children: Layout[]): Layout => ({ direction: 'row', children })
const column = (...children: Layout[]): Layout => ({ direction: 'column', children })
