import { describe, expect, test } from 'vitest'
import { type Canvas, drawing } from '../../../envs/canvas/canvas.js'
import { INKS } from '../../../envs/canvas/palette.js'
import { inkPlane, raster } from '../../../envs/canvas/raster.js'

/** The plane as text: '.' where nothing was drawn, otherwise the first letter of the ink. */
function picture(draw: (canvas: Canvas) => void, width: number, height?: number): string[] {
  const plane = inkPlane(drawing(draw), { width, ...(height !== undefined && { height }) })
  const letters = ['.', ...INKS.map((ink) => ink[0])]
  return Array.from({ length: plane.height }, (_, row) =>
    Array.from(plane.pixels.subarray(row * plane.width, (row + 1) * plane.width), (value) => letters[value]).join(''),
  )
}

const unit = { left: 0, right: 8, bottom: 0, top: 4 } // one pixel a unit at width 8

describe('a drawing as pixels', () => {
  test('a rectangle covers the pixels whose middle it holds, y upward', () => {
    const drawn = picture((canvas) => {
      canvas.view(unit)
      canvas.rectangle(1, 0, 3, 2, 'goal')
      canvas.rectangle(3.4, 1.4, 2, 2, 'body')
    }, 8)
    expect(drawn).toEqual([
      '........', //
      '...bb...',
      '.ggbb...',
      '.ggg....',
    ])
  })

  test('a polygon is filled by the even-odd rule', () => {
    const drawn = picture((canvas) => {
      canvas.view(unit)
      canvas.polygon(
        [
          [0, 0],
          [8, 0],
          [8, 4],
          [6, 4],
          [6, 2],
          [2, 2],
          [2, 4],
          [0, 4],
        ],
        'accent',
      )
    }, 8)
    expect(drawn).toEqual(['aa....aa', 'aa....aa', 'aaaaaaaa', 'aaaaaaaa'])
  })

  test('circles are round, and as large as they should be', () => {
    const { pixels } = inkPlane(
      drawing((canvas) => {
        canvas.view({ left: -1, right: 1, bottom: -1, top: 1 })
        canvas.circle(0, 0, 0.8, 'danger')
      }),
      { width: 200 },
    )
    const area = pixels.filter((value) => value > 0).length
    expect(area / 200 ** 2).toBeCloseTo((Math.PI * 0.8 ** 2) / 4, 2)
  })

  test('a line has a thickness of a 160th of the width, the same in every direction', () => {
    const area = (x2: number, y2: number) => {
      const { pixels } = inkPlane(
        drawing((canvas) => {
          canvas.view({ left: -1, right: 1, bottom: -1, top: 1 })
          canvas.line(0, 0, x2, y2, 'ground')
        }),
        { width: 1600 },
      )
      return pixels.filter((value) => value > 0).length
    }
    const expected = 640 * 10 + Math.PI * 5 ** 2 // 0.8 of 800 pixels, thickness 10, round ends
    expect(area(0.8, 0) / expected).toBeCloseTo(1, 1)
    expect(area(0.48, 0.64) / expected).toBeCloseTo(1, 1)
  })

  test('a view of another shape is centred with equal scales', () => {
    const drawn = picture(
      (canvas) => {
        canvas.view(unit)
        canvas.rectangle(0, 0, 8, 4, 'muted')
      },
      8,
      8,
    )
    expect(drawn).toEqual(['........', '........', ...new Array(4).fill('mmmmmmmm'), '........', '........'])
  })

  test('what is too small to hold a middle is one pixel; what is outside is cut off', () => {
    const drawn = picture((canvas) => {
      canvas.view(unit)
      canvas.circle(1.9, 3.9, 0.01, 'goal')
      canvas.rectangle(6.05, 0.05, 0.01, 0.01, 'body')
      canvas.rectangle(-5, 1, 6, 1, 'danger')
      canvas.circle(100, 100, 3, 'danger')
    }, 8)
    expect(drawn).toEqual(['.g......', '........', 'd.......', '......b.'])
  })

  test('writes text whose first letter stands at the point', () => {
    const drawn = picture((canvas) => {
      canvas.view({ left: 0, right: 13, bottom: 0, top: 9 })
      canvas.text(1, 1, 'Hi', 'accent')
    }, 13)
    expect(drawn).toEqual([
      '.............',
      '.a...a...a...',
      '.a...a.......',
      '.a...a..aa...',
      '.aaaaa...a...',
      '.a...a...a...',
      '.a...a...a...',
      '.a...a..aaa..',
      '.............',
    ])
  })

  test('colours the pixels, in three channels or in four', () => {
    const one = drawing((canvas) => {
      canvas.view({ left: 0, right: 2, bottom: 0, top: 1 })
      canvas.rectangle(0, 0, 1, 1, 'goal')
    })
    const palette = { goal: '#0a0' }
    expect(raster(one, { width: 2, palette })).toEqual({
      width: 2,
      height: 1,
      channels: 3,
      pixels: Uint8Array.of(0, 0xaa, 0, 255, 255, 255),
    })
    expect([...raster(one, { width: 2, palette, channels: 4 }).pixels]).toEqual([0, 0xaa, 0, 255, 255, 255, 255, 0])
    expect([...raster(one, { width: 2, palette, channels: 4, background: '#102030' }).pixels]).toEqual([0, 0xaa, 0, 255, 16, 32, 48, 255])
  })

  test('an empty view gives an empty picture', () => {
    expect(picture((canvas) => canvas.view({ left: 0, right: 0, bottom: 0, top: 0 }), 2, 1)).toEqual(['..'])
  })

  test.each([
    [{ width: 0 }, 'raster: width must be a whole number of at least 1, got 0'],
    [{ height: 2.5 }, 'raster: height must be a whole number of at least 1, got 2.5'],
    [{ background: 'white' }, `raster: the colour of background must be '#rgb' or '#rrggbb', got "white"`],
    [{ palette: { goal: '#12' } }, `raster: the colour of goal must be '#rgb' or '#rrggbb', got "#12"`],
  ])('refuses %o', (options, message) => {
    expect(() =>
      raster(
        drawing(() => {}),
        options,
      ),
    ).toThrow(message)
  })
})
