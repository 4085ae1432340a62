/**
 * Fills shapes on a plane of bytes, one a pixel, row by row. A pixel belongs to a shape when its middle does; x and y are in pixels, y grows
 * downward, and pixel (0, 0) has its middle at (0.5, 0.5). What lies outside the plane is cut off.
 */

export interface Plane {
  readonly width: number
  readonly height: number
  /** Row by row from the top. */
  readonly pixels: Uint8Array
}

type Point = readonly [x: number, y: number]

/** Even-odd: a pixel is inside when a ray from it crosses the outline an odd number of times. */
export function fillPolygon(plane: Plane, points: readonly Point[], value: number): void {
  const ys = points.map(([, y]) => y)
  const [first, last] = rowsBetween(plane, Math.min(...ys), Math.max(...ys))
  for (let row = first; row <= last; row++) {
    const y = row + 0.5
    const crossings: number[] = []
    points.forEach(([x1, y1], i) => {
      const [x2, y2] = points[(i + 1) % points.length]!
      if (y1 > y !== y2 > y) crossings.push(x1 + ((y - y1) / (y2 - y1)) * (x2 - x1))
    })
    crossings.sort((a, b) => a - b)
    for (let i = 1; i < crossings.length; i += 2) fillRow(plane, row, crossings[i - 1]!, crossings[i]!, value)
  }
}

export function fillCircle(plane: Plane, x: number, y: number, radius: number, value: number): void {
  const [first, last] = rowsBetween(plane, y - radius, y + radius)
  for (let row = first; row <= last; row++) {
    const half = Math.sqrt(radius * radius - (row + 0.5 - y) ** 2)
    fillRow(plane, row, x - half, x + half, value)
  }
}

/** A line of some thickness with round ends. */
export function fillLine(plane: Plane, [x1, y1]: Point, [x2, y2]: Point, thickness: number, value: number): void {
  const half = thickness / 2
  const length = Math.hypot(x2 - x1, y2 - y1)
  fillCircle(plane, x1, y1, half, value)
  fillCircle(plane, x2, y2, half, value)
  if (length === 0) return
  const [acrossX, acrossY] = [(-(y2 - y1) / length) * half, ((x2 - x1) / length) * half]
  const corners: Point[] = [
    [x1 + acrossX, y1 + acrossY],
    [x2 + acrossX, y2 + acrossY],
    [x2 - acrossX, y2 - acrossY],
    [x1 - acrossX, y1 - acrossY],
  ]
  fillPolygon(plane, corners, value)
}

/** The pixel that holds a point, so that nothing becomes too small to be seen. */
export function setPixel(plane: Plane, x: number, y: number, value: number): void {
  const [column, row] = [Math.floor(x), Math.floor(y)]
  if (column >= 0 && column < plane.width && row >= 0 && row < plane.height) plane.pixels[row * plane.width + column] = value
}

/** Rows whose middle lies between two heights, those of the plane. */
function rowsBetween({ height }: Plane, top: number, bottom: number): readonly [first: number, last: number] {
  return [Math.max(Math.ceil(top - 0.5), 0), Math.min(Math.floor(bottom - 0.5), height - 1)]
}

function fillRow({ width, pixels }: Plane, row: number, left: number, right: number, value: number): void {
  const first = Math.max(Math.ceil(left - 0.5), 0)
  const last = Math.min(Math.floor(right - 0.5), width - 1)
  if (last >= first) pixels.fill(value, row * width + first, row * width + last + 1)
}
