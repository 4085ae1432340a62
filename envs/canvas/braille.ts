/**
 * Renders a drawing as braille text, at any size. The view is fitted in, centred, with equal scales on both axes:
 * a terminal's cell is about twice as high as wide, so its 2 × 4 dots are square.
 */
import { type BrailleGrid, type BrailleRun, brailleGrid } from './braille-grid.js'
import type { Drawing, Ink, Shape, View } from './canvas.js'

export interface TextSize {
  /** Characters. */
  readonly columns: number
  readonly rows: number
}

export type InkRun = BrailleRun<Ink>

/**
 * `rows` lines of runs, `columns` characters each. The caller gives inks their colours.
 * @throws RangeError unless columns and rows are whole numbers of at least 0
 */
export function brailleLines(drawing: Drawing, { columns, rows }: TextSize): readonly (readonly InkRun[])[] {
  const grid = brailleGrid<Ink>(columns, rows)
  const { left, right, bottom, top } = drawing.view
  if (!(right > left && top > bottom)) return grid.lines()
  const scale = fitted(drawing.view, grid)
  for (const shape of drawing.shapes) paint(grid, shape, scale)
  return grid.lines()
}

/** The same without inks, lines joined by newlines. */
export function brailleText(drawing: Drawing, size: TextSize): string {
  return brailleLines(drawing, size)
    .map((line) => line.map(({ text }) => text).join(''))
    .join('\n')
}

/** From the world to dots and back. */
interface Scale {
  readonly x: (world: number) => number
  readonly y: (world: number) => number
  readonly worldX: (dot: number) => number
  readonly worldY: (dot: number) => number
  /** Dots in one unit of the world. */
  readonly dots: number
}

function fitted({ left, right, bottom, top }: View, grid: BrailleGrid<Ink>): Scale {
  const dots = Math.min((grid.width - 1) / (right - left), (grid.height - 1) / (top - bottom))
  const x0 = (grid.width - 1 - dots * (right - left)) / 2
  const y0 = (grid.height - 1 - dots * (top - bottom)) / 2
  return {
    x: (world) => x0 + (world - left) * dots,
    y: (world) => y0 + (top - world) * dots,
    worldX: (dot) => left + (dot - x0) / dots,
    worldY: (dot) => top - (dot - y0) / dots,
    dots,
  }
}

function paint(grid: BrailleGrid<Ink>, shape: Shape, scale: Scale): void {
  const { x, y } = scale
  switch (shape.kind) {
    case 'line':
      grid.line(x(shape.x1), y(shape.y1), x(shape.x2), y(shape.y2), shape.ink)
      return
    case 'text':
      grid.text(Math.floor(x(shape.x) / 2), Math.floor(y(shape.y) / 4), shape.text, shape.ink)
      return
    case 'rectangle': {
      const { x: left, y: bottom, width, height } = shape
      fill(grid, scale, shape.ink, [left, bottom, left + width, bottom + height], () => true)
      return
    }
    case 'circle': {
      const { x: centreX, y: centreY, radius } = shape
      fill(grid, scale, shape.ink, [centreX - radius, centreY - radius, centreX + radius, centreY + radius], (worldX, worldY) => {
        return (worldX - centreX) ** 2 + (worldY - centreY) ** 2 <= radius ** 2
      })
      return
    }
    case 'polygon': {
      const xs = shape.points.map(([px]) => px)
      const ys = shape.points.map(([, py]) => py)
      fill(grid, scale, shape.ink, [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)], (worldX, worldY) =>
        surrounds(shape.points, worldX, worldY),
      )
      shape.points.forEach(([px, py], i) => {
        const [qx, qy] = shape.points[(i + 1) % shape.points.length]!
        grid.line(x(px), y(py), x(qx), y(qy), shape.ink)
      })
    }
  }
}

/** Sets every dot of a box for which `holds`, and at least the one in its middle: nothing becomes too small to be seen. */
function fill(
  grid: BrailleGrid<Ink>,
  { x, y, worldX, worldY }: Scale,
  ink: Ink,
  [left, bottom, right, top]: readonly [number, number, number, number],
  holds: (worldX: number, worldY: number) => boolean,
): void {
  const [fromX, toX] = [Math.max(Math.ceil(x(left)), 0), Math.min(Math.floor(x(right)), grid.width - 1)]
  const [fromY, toY] = [Math.max(Math.ceil(y(top)), 0), Math.min(Math.floor(y(bottom)), grid.height - 1)]
  for (let dotY = fromY; dotY <= toY; dotY++) {
    for (let dotX = fromX; dotX <= toX; dotX++) if (holds(worldX(dotX), worldY(dotY))) grid.dot(dotX, dotY, ink)
  }
  grid.dot(Math.round(x((left + right) / 2)), Math.round(y((bottom + top) / 2)), ink)
}

/** Whether a point lies inside, by the number of edges a ray to the right crosses. */
function surrounds(points: readonly (readonly [number, number])[], x: number, y: number): boolean {
  let odd = false
  points.forEach(([x1, y1], i) => {
    const [x2, y2] = points[(i + 1) % points.length]!
    if (y1 > y !== y2 > y && x < x1 + ((y - y1) / (y2 - y1)) * (x2 - x1)) odd = !odd
  })
  return odd
}
