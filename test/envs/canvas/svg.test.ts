import { describe, expect, test } from 'vitest'
import { drawing } from '../../../envs/canvas/canvas.js'
import { svg } from '../../../envs/canvas/svg.js'

const every = drawing((canvas) => {
  canvas.view({ left: -1, right: 3, bottom: 0, top: 2 })
  canvas.line(-1, 0, 3, 2, 'ground')
  canvas.rectangle(0, 0.5, 1, 0.5, 'body')
  canvas.circle(1, 1, 0.25, 'accent')
  canvas.polygon(
    [
      [0, 0],
      [1, 0],
      [0, 1],
    ],
    'goal',
  )
  canvas.text(0, 1, '<a & "b">', 'muted')
})

describe('svg', () => {
  test('draws every shape, y upward, in the inks of the palette', () => {
    expect(svg(every, { width: 400, palette: { ground: 'black' }, background: 'white' })).toBe(
      [
        '<svg xmlns="http://www.w3.org/2000/svg" width="400" height="200" viewBox="0 0 400 200">',
        '  <rect width="100%" height="100%" fill="white"/>',
        '  <line x1="0" y1="200" x2="400" y2="0" stroke="black" stroke-width="3" stroke-linecap="round"/>',
        '  <rect x="100" y="100" width="100" height="50" fill="#374151"/>',
        '  <circle cx="200" cy="100" r="25" fill="#d97706"/>',
        '  <polygon points="100,200 200,200 100,100" fill="#15803d"/>',
        '  <text x="100" y="100" fill="#d1d5db" font-family="monospace" font-size="16">&lt;a &amp; &quot;b&quot;&gt;</text>',
        '</svg>',
        '',
      ].join('\n'),
    )
  })

  test.each([0, -5, Number.NaN])('refuses a width of %s', (width) => {
    expect(() => svg(every, { width })).toThrow(`svg: width must be a number above 0, got ${width}`)
  })
})
