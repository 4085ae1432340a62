/** The plots of the examples: every run a line, cut where it broke and held at the upper end. */
import { describe, expect, test } from 'vitest'
import { chart } from '../../examples/support/chart.js'

const options = { title: 'a < b', measure: 'loss', steps: 4, unit: 'steps', guess: 1 }

/** The heights of each line's points in pixels, downward. */
const heights = (svg: string): number[][] =>
  [...svg.matchAll(/<polyline points="([^"]*)"/g)].map((match) => match[1]!.split(' ').map((point) => Number(point.split(',')[1])))

describe('chart', () => {
  test('higher values stand higher, and the ends of the axis are the ends of the values', () => {
    const [line] = heights(chart([{ name: 'a', values: [4, 3, 2, 1] }], options))
    expect(line).toEqual([50, 163.3, 276.7, 390])
  })

  test('a value above the most is drawn at its height', () => {
    const [line] = heights(chart([{ name: 'a', values: [100, 2, 1, 1] }], { ...options, most: 2 }))
    expect(line).toEqual([50, 50, 390, 390])
  })

  test('a run that broke ends with a cross; one that broke at once has only that', () => {
    const whole = chart([{ name: 'a', values: [2, 2, 1, 1] }], options)
    const broken = chart([{ name: 'a', values: [2, 2, Number.NaN] }], options)
    expect(heights(broken)[0]).toHaveLength(2)
    expect(broken.match(/l8 8m0 -8l-8 8/g)).toHaveLength(1)
    expect(whole).not.toContain('l8 8m0 -8l-8 8')
    const atOnce = chart([{ name: 'a', values: [Number.NaN] }], options)
    expect(atOnce).not.toMatch(/NaN|Infinity/)
    expect(atOnce).toContain('l8 8m0 -8l-8 8')
  })

  test('runs of one name share a colour and a line of the legend; words are escaped', () => {
    const svg = chart(
      ['a', 'a', 'b'].map((name) => ({ name, values: [1, 2] })),
      options,
    )
    expect(new Set([...svg.matchAll(/<polyline[^>]*stroke="([^"]*)"/g)].map((match) => match[1])).size).toBe(2)
    expect(svg.match(/>a<\/text>/g)).toHaveLength(1)
    expect(svg).toContain('a &lt; b')
  })

  test('many steps become a hundred points, each the mean of its share', () => {
    const [line] = heights(chart([{ name: 'a', values: Array.from({ length: 1000 }, (_, i) => i % 2) }], { ...options, steps: 1000 }))
    expect(line).toHaveLength(100)
    expect(new Set(line).size).toBe(1)
  })
})
