/** How the MinAtar games look: their image, channel over channel. */
import type { Canvas } from '../canvas/canvas.js'
import { type Channel, SIDE } from './world.js'

/** @param image [10, 10, C] */
export function drawGame(canvas: Canvas, channels: readonly Channel[], image: Float32Array): void {
  canvas.view({ left: 0, right: SIDE, bottom: 0, top: SIDE })
  for (const edge of [0, SIDE]) {
    canvas.line(0, edge, SIDE, edge, 'ground')
    canvas.line(edge, 0, edge, SIDE, 'ground')
  }
  for (const { row, column, channel } of things(channels, image)) {
    const { ink, part } = channels[channel]!
    const bottom = SIDE - 1 - row + (part === 'upper' ? 0.5 : 0.05)
    canvas.rectangle(column + 0.05, bottom, 0.9, part === undefined ? 0.9 : 0.4, ink)
  }
}

/** Ten lines of ten characters; '.' where nothing is. */
export function gameText(channels: readonly Channel[], image: Float32Array): string {
  const letters = Array.from({ length: SIDE }, () => new Array<string>(SIDE).fill('.'))
  for (const { row, column, channel } of things(channels, image)) letters[row]![column] = channels[channel]!.letter
  return letters.map((line) => line.join('')).join('\n')
}

/** Everything in the image; trails come first, because what left them lies on top. */
function things(channels: readonly Channel[], image: Float32Array) {
  const order = [...channels.keys()].sort((a, b) => Number(channels[b]!.ink === 'muted') - Number(channels[a]!.ink === 'muted'))
  const found: { readonly row: number; readonly column: number; readonly channel: number }[] = []
  for (const channel of order) {
    for (let cell = 0; cell < SIDE * SIDE; cell++) {
      if (image[cell * channels.length + channel] === 1) found.push({ row: Math.floor(cell / SIDE), column: cell % SIDE, channel })
    }
  }
  return found
}
