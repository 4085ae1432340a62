/** A drawing that was kept, drawn again. */
import type { Canvas, Drawing } from './canvas.js'

export function redraw({ view, shapes }: Drawing, canvas: Canvas): void {
  canvas.view(view)
  for (const shape of shapes) {
    switch (shape.kind) {
      case 'line':
        canvas.line(shape.x1, shape.y1, shape.x2, shape.y2, shape.ink)
        break
      case 'rectangle':
        canvas.rectangle(shape.x, shape.y, shape.width, shape.height, shape.ink)
        break
      case 'circle':
        canvas.circle(shape.x, shape.y, shape.radius, shape.ink)
        break
      case 'polygon':
        canvas.polygon(shape.points, shape.ink)
        break
      case 'text':
        canvas.text(shape.x, shape.y, shape.text, shape.ink)
        break
      default:
        shape satisfies never // a new kind of shape must be drawn here too
    }
  }
}
