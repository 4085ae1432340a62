/** An environment's drawing as lines of a panel. */
import { brailleLines } from '../../envs/canvas/braille.js'
import type { Drawing, Ink, Shape } from '../../envs/canvas/canvas.js'
import { cells, clean, type Line, span } from './text.js'
import type { Role } from './theme.js'

/** `height` lines of `width` cells. */
export function drawingLines(drawing: Drawing, width: number, height: number): readonly Line[] {
  if (width < 1 || height < 1) return []
  const shapes = drawing.shapes.map(withPlainText)
  return brailleLines({ ...drawing, shapes }, { columns: width, rows: height }).map((runs) =>
    runs.map(({ text, ink }) => span(text, ink === null ? 'plain' : ROLES[ink])),
  )
}

/** The renderer gives every character one cell: wider ones would push the frame apart. */
function withPlainText(shape: Shape): Shape {
  if (shape.kind !== 'text') return shape
  const characters = Array.from(clean(shape.text), (character) => (cells(character) === 1 ? character : '?'))
  return { ...shape, text: characters.join('') }
}

const ROLES: Readonly<Record<Ink, Role>> = { ground: 'ground', body: 'body', accent: 'pole', goal: 'good', danger: 'bad', muted: 'dim' }
