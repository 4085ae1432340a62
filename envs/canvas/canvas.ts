/**
 * What an environment draws on. `draw(canvas)` says which shapes there are, in the world's own units (y grows upward);
 * a renderer decides what they look like: braille text in a terminal (braille.ts), SVG (svg.ts), a raster.
 * A drawing is plain data, so that it can be recorded, sent to another thread, and rendered later at any size.
 */

/** A role, not a colour: the renderer's theme gives it one. */
export type Ink = 'ground' | 'body' | 'accent' | 'goal' | 'danger' | 'muted'

/** The part of the world in sight. */
export interface View {
  readonly left: number
  readonly right: number
  readonly bottom: number
  readonly top: number
}

export type Shape =
  | { readonly kind: 'line'; readonly x1: number; readonly y1: number; readonly x2: number; readonly y2: number; readonly ink: Ink }
  | {
      readonly kind: 'rectangle'
      readonly x: number
      readonly y: number
      readonly width: number
      readonly height: number
      readonly ink: Ink
    }
  | { readonly kind: 'circle'; readonly x: number; readonly y: number; readonly radius: number; readonly ink: Ink }
  | { readonly kind: 'polygon'; readonly points: readonly (readonly [x: number, y: number])[]; readonly ink: Ink }
  | { readonly kind: 'text'; readonly x: number; readonly y: number; readonly text: string; readonly ink: Ink }

export interface Drawing {
  readonly view: View
  readonly shapes: readonly Shape[]
}

export interface Canvas {
  view(view: View): void
  line(x1: number, y1: number, x2: number, y2: number, ink: Ink): void
  /** `x`, `y`: the lower left corner. Filled. */
  rectangle(x: number, y: number, width: number, height: number, ink: Ink): void
  /** Filled. */
  circle(x: number, y: number, radius: number, ink: Ink): void
  /** Filled. */
  polygon(points: readonly (readonly [x: number, y: number])[], ink: Ink): void
  /** `x`, `y`: where the first character stands. */
  text(x: number, y: number, text: string, ink: Ink): void
}

/** Runs `draw` and returns what it drew. */
export function drawing(draw: (canvas: Canvas) => void): Drawing {
  let view: View = { left: -1, right: 1, bottom: -1, top: 1 }
  const shapes: Shape[] = []
  draw({
    view: (next) => {
      view = next
    },
    line: (x1, y1, x2, y2, ink) => shapes.push({ kind: 'line', x1, y1, x2, y2, ink }),
    rectangle: (x, y, width, height, ink) => shapes.push({ kind: 'rectangle', x, y, width, height, ink }),
    circle: (x, y, radius, ink) => shapes.push({ kind: 'circle', x, y, radius, ink }),
    polygon: (points, ink) => shapes.push({ kind: 'polygon', points, ink }),
    text: (x, y, text, ink) => shapes.push({ kind: 'text', x, y, text, ink }),
  })
  return { view, shapes }
}
