import { describe, expect, test } from 'vitest'
import { brailleLines, brailleText } from '../../../envs/canvas/braille.js'
import { type Canvas, drawing } from '../../../envs/canvas/canvas.js'
import { make } from '../../../envs/registry.js'

/** A picture of a world from (0, 0) to (7, 7) on 4 × 2 cells of 2 × 4 dots: one dot to a unit. */
const picture = (draw: (canvas: Canvas) => void) =>
  brailleText(
    drawing((canvas) => {
      canvas.view({ left: 0, right: 7, bottom: 0, top: 7 })
      draw(canvas)
    }),
    { columns: 4, rows: 2 },
  )

describe('braille', () => {
  test.each<[string, (canvas: Canvas) => void, string]>([
    ['a line', (canvas) => canvas.line(0, 0, 7, 7, 'body'), ['  ⡠⠊', '⡠⠊  '].join('\n')],
    ['a filled rectangle', (canvas) => canvas.rectangle(2, 0, 3, 3, 'body'), ['    ', ' ⣿⣿ '].join('\n')],
    ['a filled circle', (canvas) => canvas.circle(3.5, 3.5, 2, 'body'), [' ⣠⣄ ', ' ⠙⠋ '].join('\n')],
    [
      'a filled triangle',
      (canvas) =>
        canvas.polygon(
          [
            [0, 0],
            [7, 0],
            [0, 7],
          ],
          'body',
        ),
      ['⣷⣄  ', '⣿⣿⣷⣄'].join('\n'),
    ],
    ['text', (canvas) => canvas.text(2, 5, 'ab', 'body'), [' ab ', '    '].join('\n')],
    ['something too small for a dot', (canvas) => canvas.circle(3.3, 3.3, 0.01, 'body'), ['    ', ' ⠈  '].join('\n')],
    ['what lies outside', (canvas) => canvas.rectangle(-9, -9, 30, 9.4, 'body'), ['    ', '⣀⣀⣀⣀'].join('\n')],
  ])('renders %s', (_name, draw, expected) => {
    expect(picture(draw)).toBe(expected)
  })

  test('scales both axes alike and centres the view', () => {
    const wide = drawing((canvas) => {
      canvas.view({ left: 0, right: 7, bottom: 0, top: 7 })
      canvas.rectangle(0, 0, 7, 7, 'body')
    })
    expect(brailleText(wide, { columns: 8, rows: 2 })).toBe(['  ⣿⣿⣿⣿  ', '  ⣿⣿⣿⣿  '].join('\n'))
  })

  test('keeps the inks', () => {
    const env = make('Pendulum')
    env.reset({ seed: 0 })
    const lines = brailleLines(
      drawing((canvas) => env.draw!(canvas)),
      { columns: 20, rows: 10 },
    )
    expect(new Set(lines.flat().map(({ ink }) => ink))).toEqual(new Set(['goal', 'accent', 'ground', null]))
  })

  test('no room, or a view that is none, draws nothing', () => {
    const line = drawing((canvas) => canvas.line(-1, -1, 1, 1, 'body'))
    expect(brailleLines(line, { columns: 0, rows: 3 })).toEqual([[], [], []])
    const empty = { ...line, view: { left: 1, right: 1, bottom: 0, top: 1 } }
    expect(brailleText(empty, { columns: 2, rows: 1 })).toBe('  ')
  })
})
