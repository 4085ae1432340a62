/** What every panel is given, and the box around one. */

import type { DashboardState } from '../state.js'
import { fitBlock, fitLine, type Line, lineCells, span } from '../text.js'
import { CORNERS } from '../theme.js'
import type { DashboardView } from '../view.js'

/** A panel: `height` lines of `width` cells, from nothing but the state, the view and its size. */
export type Panel = (state: DashboardState, view: DashboardView, width: number, height: number) => readonly Line[]

/** Cells that a box takes of the width (two borders, a space on each side) and of the height. */
export const BOX_WIDTH = 4
export const BOX_HEIGHT = 2

/** A rounded box with a title in its upper border and, where there is room, a word at its right end. */
export function boxed(title: Line, content: readonly Line[], width: number, height: number, right: Line = []): readonly Line[] {
  if (width < BOX_WIDTH + 1 || height < BOX_HEIGHT + 1) return fitBlock(content, width, height)
  const inner = fitBlock(content, width - BOX_WIDTH, height - BOX_HEIGHT)
  const side = (text: string) => span(text, 'frame')
  return [
    topBorder(title, right, width),
    ...inner.map((line) => [side(`${CORNERS.vertical} `), ...line, side(` ${CORNERS.vertical}`)]),
    [side(CORNERS.bottomLeft + CORNERS.horizontal.repeat(width - 2) + CORNERS.bottomRight)],
  ]
}

function topBorder(title: Line, right: Line, width: number): Line {
  const room = width - 6 // corners, one dash and one space on each side of the title
  const name = lineCells(title) > room ? fitLine(title, Math.max(0, room)) : title
  const word = lineCells(right) > 0 && lineCells(name) + lineCells(right) + 3 <= room ? right : []
  const wordCells = word.length > 0 ? lineCells(word) + 2 : 0
  const dashes = CORNERS.horizontal.repeat(width - 5 - lineCells(name) - wordCells - (word.length > 0 ? 1 : 0))
  return [
    span(`${CORNERS.topLeft}${CORNERS.horizontal} `, 'frame'),
    ...name,
    span(` ${dashes}`, 'frame'),
    ...(word.length > 0 ? [span(' ', 'frame'), ...word, span(` ${CORNERS.horizontal}`, 'frame')] : []),
    span(CORNERS.topRight, 'frame'),
  ]
}

/** The title of a panel that a digit brings to the front. */
export const numbered = (digit: number, name: string): Line => [span(`${digit} `, 'key'), span(name, 'title')]
