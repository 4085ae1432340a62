/**
 * Renders a drawing as pixels: the frames of a film, or Gymnasium's rgb_array. Nothing is smoothed, so a frame holds no more colours than
 * there are inks, and the plane of inks is at once an image with a palette, as GIF and PNG want it.
 */
import type { Drawing, Ink, Shape } from './canvas.js'
import { GLYPH_HEIGHT, GLYPH_WIDTH, glyphPixel } from './font.js'
import { INKS, PALETTE, type Palette } from './palette.js'
import { fillCircle, fillLine, fillPolygon, type Plane, setPixel } from './scanline.js'

export interface RasterSize {
  /** Pixels. */
  readonly width: number
  /** Pixels; the view is fitted in, centred. Default: what the view needs at this width. */
  readonly height?: number
}

export interface RasterOptions extends Partial<RasterSize> {
  /** Colours as '#rgb' or '#rrggbb'. */
  readonly palette?: Partial<Palette>
  /** Default '#ffffff'. */
  readonly background?: string
  /** 3: red, green, blue. 4: opacity as well, 0 where nothing was drawn unless there is a background. Default 3. */
  readonly channels?: 3 | 4
}

export interface Raster {
  readonly width: number
  readonly height: number
  readonly channels: 3 | 4
  /** [height, width, channels], row by row from the top. */
  readonly pixels: Uint8Array
}

const LINE_WIDTH = 1 / 160 // of the picture's width, as in svg.ts
const LETTER_PIXEL = 1 / 300 // of the picture's width: one pixel of the typeface

/**
 * A byte per pixel: 0 where nothing was drawn, otherwise 1 + the ink's place in `INKS`. The last shape lies on top.
 * @throws RangeError unless width and height are whole numbers of at least 1
 */
export function inkPlane(drawing: Drawing, size: RasterSize): Plane {
  const { view, shapes } = drawing
  const { width } = size
  const [wide, high] = [view.right - view.left, view.top - view.bottom]
  const height = size.height ?? Math.max(Math.round((width * high) / wide) || 1, 1)
  for (const [name, side] of Object.entries({ width, height })) {
    if (!Number.isSafeInteger(side) || side < 1) throw new RangeError(`raster: ${name} must be a whole number of at least 1, got ${side}`)
  }
  const plane: Plane = { width, height, pixels: new Uint8Array(width * height) }
  if (!(wide > 0 && high > 0)) return plane
  const scale = Math.min(width / wide, height / high)
  const left = (width - scale * wide) / 2
  const top = (height - scale * high) / 2
  const place: Place = {
    x: (world) => left + (world - view.left) * scale,
    y: (world) => top + (view.top - world) * scale,
    scale,
    line: Math.max(scale * wide * LINE_WIDTH, 1),
    letter: Math.max(Math.round(scale * wide * LETTER_PIXEL), 1),
  }
  for (const shape of shapes) paint(plane, shape, place)
  return plane
}

/** @throws RangeError for a width or height that is not a whole number of at least 1, or a colour that is none */
export function raster(drawing: Drawing, options: RasterOptions = {}): Raster {
  const { width = 240, height, palette = {}, background, channels = 3 } = options
  const plane = inkPlane(drawing, { width, ...(height !== undefined && { height }) })
  const inked: Palette = { ...PALETTE, ...palette }
  const colours = [rgb('background', background ?? '#ffffff'), ...INKS.map((ink: Ink) => rgb(ink, inked[ink]))]
  const pixels = new Uint8Array(plane.width * plane.height * channels)
  const empty = background === undefined ? 0 : 255
  for (let i = 0; i < plane.pixels.length; i++) {
    const ink = plane.pixels[i]!
    pixels.set(colours[ink]!, i * channels)
    if (channels === 4) pixels[i * 4 + 3] = ink === 0 ? empty : 255
  }
  return { width: plane.width, height: plane.height, channels, pixels }
}

/** From the world to pixels. */
interface Place {
  readonly x: (world: number) => number
  readonly y: (world: number) => number
  /** Pixels in one unit of the world. */
  readonly scale: number
  /** Thickness of lines, pixels. */
  readonly line: number
  /** Pixels in one pixel of the typeface. */
  readonly letter: number
}

function paint(plane: Plane, shape: Shape, place: Place): void {
  const { x, y, scale } = place
  const value = 1 + INKS.indexOf(shape.ink)
  switch (shape.kind) {
    case 'line':
      fillLine(plane, [x(shape.x1), y(shape.y1)], [x(shape.x2), y(shape.y2)], place.line, value)
      return
    case 'rectangle': {
      const [left, right, top, bottom] = [x(shape.x), x(shape.x + shape.width), y(shape.y + shape.height), y(shape.y)]
      const corners = [
        [left, top],
        [right, top],
        [right, bottom],
        [left, bottom],
      ] as const
      fillPolygon(plane, corners, value)
      setPixel(plane, (left + right) / 2, (top + bottom) / 2, value)
      return
    }
    case 'circle':
      fillCircle(plane, x(shape.x), y(shape.y), shape.radius * scale, value)
      setPixel(plane, x(shape.x), y(shape.y), value)
      return
    case 'polygon':
      fillPolygon(
        plane,
        shape.points.map(([px, py]) => [x(px), y(py)]),
        value,
      )
      return
    case 'text':
      write(plane, shape.text, x(shape.x), y(shape.y), place.letter, value)
  }
}

/** The first letter's lower left corner is at (x, y). */
function write(plane: Plane, text: string, x: number, y: number, pixel: number, value: number): void {
  let left = Math.round(x)
  const top = Math.round(y) - GLYPH_HEIGHT * pixel
  for (const character of text) {
    for (let i = 0; i < GLYPH_WIDTH * GLYPH_HEIGHT * pixel * pixel; i++) {
      const [column, row] = [i % (GLYPH_WIDTH * pixel), Math.floor(i / (GLYPH_WIDTH * pixel))]
      if (glyphPixel(character, Math.floor(column / pixel), Math.floor(row / pixel))) setPixel(plane, left + column, top + row, value)
    }
    left += (GLYPH_WIDTH + 1) * pixel
  }
}

/** '#d97706' → [217, 119, 6] */
function rgb(name: string, colour: string): readonly [number, number, number] {
  const digits = /^#(?:[\da-f]{3}|[\da-f]{6})$/i.test(colour) ? colour.slice(1) : null
  if (digits === null) throw new RangeError(`raster: the colour of ${name} must be '#rgb' or '#rrggbb', got ${JSON.stringify(colour)}`)
  const full = digits.length === 3 ? [...digits].map((digit) => digit + digit).join('') : digits
  return [0, 2, 4].map((at) => Number.parseInt(full.slice(at, at + 2), 16)) as [number, number, number]
}
