/**
 * Styled text in terminal cells. A screen is rows of spans; a span is text with a role, and only theme.ts knows what a role looks like.
 * Every row has an exact width: terminals wrap what is too long, and a wrapped row destroys the frame.
 * Foreign text (names, messages) goes through `clean` first: an escape sequence in it could reprogram the terminal.
 */
import type { Role } from './theme.js'

export interface Span {
  readonly text: string
  readonly role: Role
}

/** One row of the screen. */
export type Line = readonly Span[]

export const span = (text: string, role: Role = 'plain'): Span => ({ text, role })

/** `text` without escape sequences, control and direction characters; line breaks and tabs become spaces. */
export function clean(text: string): string {
  return text
    .replace(ESCAPE_SEQUENCE, '')
    .replace(/[\t\n\r\v\f\u2028\u2029]+/g, ' ')
    .replace(INVISIBLE, '')
}

/** Terminal cells that clean text takes: 2 for East Asian wide characters and emoji, 0 for combining marks. */
export function cells(text: string): number {
  if (PLAIN.test(text)) return text.length
  let width = 0
  for (const character of text) width += cellsOf(character)
  return width
}

export const lineCells = (line: Line): number => line.reduce((width, { text }) => width + cells(text), 0)

/** `text` in exactly `width` cells: cut with '…', or filled with spaces on the side away from `align`. */
export function fitText(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const length = cells(text)
  if (length > width) return cut(text, width)
  const space = ' '.repeat(width - length)
  return align === 'left' ? text + space : space + text
}

/** `line` in exactly `width` cells. */
export function fitLine(line: Line, width: number): Line {
  const spans: Span[] = []
  let left = width
  for (const { text, role } of line) {
    const length = cells(text)
    if (length > left) {
      spans.push({ text: cut(text, left), role })
      left = 0
      break
    }
    spans.push({ text, role })
    left -= length
  }
  if (left > 0) spans.push(span(' '.repeat(left)))
  return spans
}

/** Exactly `height` lines of `width` cells. */
export function fitBlock(lines: readonly Line[], width: number, height: number): readonly Line[] {
  return Array.from({ length: height }, (_, row) => fitLine(lines[row] ?? [], width))
}

/** `left` and `right` at the two ends of `width` cells; the right end gives way. */
export function spread(left: Line, right: Line, width: number): Line {
  const gap = width - lineCells(left) - lineCells(right)
  return gap < 1 ? fitLine(left, width) : [...left, span(' '.repeat(gap)), ...right]
}

/** As many of `parts` as fit into `width`, in order, `gap` cells apart; one that does not fit is left out. */
export function packed(parts: readonly Line[], width: number, gap = 2): Line {
  const line: Span[] = []
  let used = 0
  for (const part of parts) {
    const length = lineCells(part)
    const before = used === 0 ? 0 : gap
    if (length === 0 || used + before + length > width) continue
    if (before > 0) line.push(span(' '.repeat(before)))
    line.push(...part)
    used += before + length
  }
  return line
}

/** `parts` one after the other in at most `height` lines of `width` cells; what does not fit there is left out. */
export function flowed(parts: readonly Line[], width: number, height: number): readonly Line[] {
  const lines: Line[] = []
  let line: Line[] = []
  let used = 0
  for (const part of parts) {
    const length = lineCells(part)
    if (used > 0 && used + 1 + length > width) {
      lines.push(packed(line, width, 1))
      line = []
      used = 0
    }
    used += length + (used > 0 ? 1 : 0)
    line.push(part)
  }
  return [...lines, packed(line, width, 1)].slice(0, height)
}

/** At most `width` cells, the last one '…' (in clean text; a wide character may leave one cell to fill). */
function cut(text: string, width: number): string {
  if (width <= 0) return ''
  let kept = ''
  let used = 0
  for (const character of text) {
    const length = cellsOf(character)
    if (used + length > width - 1) break
    kept += character
    used += length
  }
  return `${kept}…${' '.repeat(width - 1 - used)}`
}

function cellsOf(character: string): number {
  const code = character.codePointAt(0)!
  if (code < 0x300) return 1
  if (/\p{Nonspacing_Mark}|\p{Enclosing_Mark}/u.test(character)) return 0
  if (/\p{Emoji_Presentation}/u.test(character)) return 2
  return WIDE.some(([from, to]) => code >= from && code <= to) ? 2 : 1
}

/** Latin, Greek and what the panels draw with (arrows, boxes, blocks, braille): always one cell. */
const PLAIN = /^[\u0020-\u007e\u00a0-\u02ff\u0370-\u03ff\u2010-\u2027\u2190-\u2211\u2500-\u259f\u25c6\u2800-\u28ff]*$/

/** CSI, OSC, DCS and the two-character escapes; an unfinished one up to the end of the text. */
const ESCAPE_SEQUENCE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it removes
  /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]?|(?:\u001b[\]PX^_]|[\u009d\u0090\u0098\u009e\u009f])[^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c)?|\u001b[ -~]?/g

/** Control characters, zero-width and direction marks, joiners, variation selectors, lone surrogates, and the marks of flags and skin tones, whose width differs by terminal. */
const INVISIBLE = /\p{Cc}|\p{Cf}|\p{Cs}|\p{Variation_Selector}|\p{Regional_Indicator}|\p{Emoji_Modifier}/gu

/** East Asian wide; emoji have a property of their own. */
const WIDE: readonly (readonly [from: number, to: number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0x33ff],
  [0x3400, 0x9fff],
  [0xa000, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x1f300, 0x1faff],
  [0x20000, 0x3fffd],
]
