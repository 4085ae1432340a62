/** Renders a drawing as an SVG document: for reports and for anything that shows pictures. */
import type { Drawing, Shape, View } from './canvas.js'
import { PALETTE, type Palette } from './palette.js'

export interface SvgOptions {
  /** Width in pixels; the height follows from the view. Default 480. */
  readonly width?: number
  /** Colours, any that CSS knows. */
  readonly palette?: Partial<Palette>
  /** Default: none, the page shows through. */
  readonly background?: string
}

/** @throws RangeError unless width is a number above 0 */
export function svg({ view, shapes }: Drawing, { width = 480, palette = {}, background }: SvgOptions = {}): string {
  if (!(width > 0 && Number.isFinite(width))) throw new RangeError(`svg: width must be a number above 0, got ${width}`)
  const scale = width / (view.right - view.left)
  const height = scale * (view.top - view.bottom)
  const colours = { ...PALETTE, ...palette }
  const size = `width="${number(width)}" height="${number(height)}" viewBox="0 0 ${number(width)} ${number(height)}"`
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" ${size}>`,
    ...(background === undefined ? [] : [`  <rect width="100%" height="100%" fill="${escaped(background)}"/>`]),
    ...shapes.map((shape) => `  ${element(shape, view, scale, escaped(colours[shape.ink]))}`),
    '</svg>',
    '',
  ].join('\n')
}

function element(shape: Shape, view: View, scale: number, colour: string): string {
  const x = (world: number) => number((world - view.left) * scale)
  const y = (world: number) => number((view.top - world) * scale)
  const length = (world: number) => number(world * scale)
  switch (shape.kind) {
    case 'line':
      return `<line x1="${x(shape.x1)}" y1="${y(shape.y1)}" x2="${x(shape.x2)}" y2="${y(shape.y2)}" stroke="${colour}" stroke-width="3" stroke-linecap="round"/>`
    case 'rectangle':
      return `<rect x="${x(shape.x)}" y="${y(shape.y + shape.height)}" width="${length(shape.width)}" height="${length(shape.height)}" fill="${colour}"/>`
    case 'circle':
      return `<circle cx="${x(shape.x)}" cy="${y(shape.y)}" r="${length(shape.radius)}" fill="${colour}"/>`
    case 'polygon':
      return `<polygon points="${shape.points.map(([px, py]) => `${x(px)},${y(py)}`).join(' ')}" fill="${colour}"/>`
    case 'text':
      return `<text x="${x(shape.x)}" y="${y(shape.y)}" fill="${colour}" font-family="monospace" font-size="16">${escaped(shape.text)}</text>`
  }
}

/** At most three decimals, without needless zeros. */
const number = (value: number) => String(Math.round(value * 1000) / 1000)

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
const escaped = (text: string) => text.replace(/[&<>"]/g, (character) => ENTITIES[character]!)
