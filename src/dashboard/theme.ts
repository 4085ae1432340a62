/**
 * What everything looks like: the only place that knows colours and glyphs. Panels say which role a text plays.
 * Colour never carries a meaning alone: every state has its word, and τ is dotted where the norms are solid.
 * Where the locale is not UTF-8, `paint` rewrites each glyph into one ASCII character of the same width, so no panel has to know.
 */
import { cells, type Line } from './text.js'

export type Role =
  | 'plain'
  | 'strong'
  | 'dim'
  | 'frame'
  | 'title'
  | 'key'
  | 'good'
  | 'warn'
  | 'bad'
  | 'accent'
  | 'curve'
  | 'dots'
  | 'goal'
  | 'evaluation'
  | 'before'
  | 'after'
  | 'tau'
  | 'ground'
  | 'body'
  | 'pole'

/** 'none' leaves bold and dim, which are no colours; 'bare' has no escape sequence at all. */
export type Colour = 'bare' | 'none' | '16' | '256'

export interface Theme {
  readonly colour: Colour
  /** Unicode glyphs; otherwise ASCII only. */
  readonly unicode: boolean
}

export const DEFAULT_THEME: Theme = { colour: '256', unicode: true }

/** For tests, and for text that goes elsewhere. */
export const BARE_THEME: Theme = { colour: 'bare', unicode: true }

/** The line as a string for a terminal. */
export function paint(line: Line, theme: Theme): string {
  let painted = ''
  for (let i = 0; i < line.length; ) {
    const { role } = line[i]!
    let text = ''
    for (; i < line.length && line[i]!.role === role; i++) text += line[i]!.text
    if (!theme.unicode) text = toAscii(text)
    const [on, off] = theme.colour === 'bare' ? NO_STYLE : STYLES[theme.colour][role]
    painted += on + text + off
  }
  return painted
}

/** The bars of a sparkline, lowest first. */
export const LEVELS = '▁▂▃▄▅▆▇█'
export const BAR = { done: '━', rest: '─' } as const
export const MARK = '◆'
export const CORNERS = { topLeft: '╭', topRight: '╮', bottomLeft: '╰', bottomRight: '╯', horizontal: '─', vertical: '│' } as const
export const AXIS = { tick: '┤', plain: '│' } as const

type Style = readonly [on: string, off: string]

const NO_STYLE: Style = ['', '']
const BOLD: Style = ['\u001b[1m', '\u001b[22m']
const DIM: Style = ['\u001b[2m', '\u001b[22m']
const basic = (code: number): Style => [`\u001b[${code}m`, '\u001b[39m']
const indexed = (code: number): Style => [`\u001b[38;5;${code}m`, '\u001b[39m']
const bold = ([on, off]: Style): Style => [BOLD[0] + on, off + BOLD[1]]

/** The colours were chosen to stay apart on black and on white, and for the common colour blindnesses (blue against orange, not red against green). */
const STYLES: Readonly<Record<Exclude<Colour, 'bare'>, Readonly<Record<Role, Style>>>> = {
  none: {
    plain: NO_STYLE,
    strong: BOLD,
    dim: DIM,
    frame: DIM,
    title: BOLD,
    key: BOLD,
    good: NO_STYLE,
    warn: BOLD,
    bad: BOLD,
    accent: BOLD,
    curve: NO_STYLE,
    dots: DIM,
    goal: DIM,
    evaluation: BOLD,
    before: NO_STYLE,
    after: NO_STYLE,
    tau: BOLD,
    ground: DIM,
    body: NO_STYLE,
    pole: NO_STYLE,
  },
  '16': {
    plain: NO_STYLE,
    strong: BOLD,
    dim: basic(90),
    frame: basic(90),
    title: BOLD,
    key: BOLD,
    good: basic(32),
    warn: bold(basic(33)),
    bad: bold(basic(31)),
    accent: bold(basic(33)),
    curve: basic(32),
    dots: basic(90),
    goal: basic(35),
    evaluation: bold(basic(35)),
    before: basic(31),
    after: basic(36),
    tau: basic(33),
    ground: basic(90),
    body: basic(36),
    pole: basic(33),
  },
  '256': {
    plain: NO_STYLE,
    strong: BOLD,
    dim: indexed(245),
    frame: indexed(240),
    title: BOLD,
    key: BOLD,
    good: indexed(72),
    warn: bold(indexed(178)),
    bad: bold(indexed(203)),
    accent: bold(indexed(178)),
    curve: indexed(72),
    dots: indexed(243),
    goal: indexed(139),
    evaluation: bold(indexed(170)),
    before: indexed(209),
    after: indexed(74),
    tau: indexed(178),
    ground: indexed(243),
    body: indexed(74),
    pole: indexed(179),
  },
}

function toAscii(text: string): string {
  let ascii = ''
  for (const character of text) {
    const code = character.codePointAt(0)!
    if (code < 0x80) ascii += character
    else if (code >= 0x2800 && code <= 0x28ff) ascii += brailleAsAscii(code & 0xff)
    else ascii += ASCII[character] ?? '?'.repeat(cells(character))
  }
  return ascii
}

/** Dots in the upper half, the lower half, or both. Bits of a braille cell: 0 1 3 4 are the upper four dots, 2 5 6 7 the lower. */
function brailleAsAscii(bits: number): string {
  const upper = (bits & 0b0001_1011) !== 0
  const lower = (bits & 0b1110_0100) !== 0
  return upper ? (lower ? ':' : "'") : lower ? '.' : ' '
}

const ASCII: Readonly<Record<string, string>> = {
  τ: 'T',
  α: 'a',
  μ: 'u',
  σ: 's',
  '∞': 'i',
  '–': '-',
  '—': '-',
  '−': '-',
  '±': '~',
  '·': '.',
  '×': 'x',
  '…': '.',
  '→': '>',
  '←': '<',
  '↑': '^',
  '↓': 'v',
  '≥': '>',
  '≤': '<',
  '◆': '*',
  '╭': '+',
  '╮': '+',
  '╰': '+',
  '╯': '+',
  '─': '-',
  '━': '=',
  '│': '|',
  '┤': '|',
  '▶': '>',
  '▁': '_',
  '▂': '.',
  '▃': '-',
  '▄': '=',
  '▅': '+',
  '▆': '*',
  '▇': '#',
  '█': '#',
}
