import { describe, expect, test } from 'vitest'
import { type Layout, layoutFor, type PanelCell } from '../../src/dashboard/layout.js'

const size = (layout: Layout): { width: number; height: number } => {
  if ('panel' in layout) return { width: layout.width, height: layout.height }
  const sizes = layout.children.map(size)
  const sum = (key: 'width' | 'height') => sizes.reduce((total, each) => total + each[key], 0)
  const same = (key: 'width' | 'height') => (sizes.every((each) => each[key] === sizes[0]![key]) ? sizes[0]![key] : Number.NaN)
  return layout.direction === 'row' ? { width: sum('width'), height: same('height') } : { width: same('width'), height: sum('height') }
}
const panels = (layout: Layout): readonly PanelCell[] => ('panel' in layout ? [layout] : layout.children.flatMap(panels))
const names = (layout: Layout): readonly string[] => panels(layout).map(({ panel }) => panel)
const ALL = { focus: 0, help: false, preview: true } as const

describe('a layout', () => {
  test('adds up to the whole width and one row less than the terminal, at every size and wish', () => {
    const wrong: object[] = []
    for (let columns = 1; columns <= 210; columns += columns < 60 ? 1 : 7) {
      for (let rows = 1; rows <= 70; rows += rows < 30 ? 1 : 3) {
        for (const focus of [0, 1, 2, 3, 4] as const) {
          for (const [help, preview] of [
            [false, true],
            [false, false],
            [true, true],
          ] as const) {
            const layout = layoutFor(columns, rows, { focus, help, preview })
            const { width, height } = size(layout)
            const least = Math.min(...panels(layout).map((panel) => Math.min(panel.width, panel.height)))
            if (width !== columns || height !== Math.max(1, rows - 1) || least < 1) wrong.push({ columns, rows, focus, help, preview })
          }
        }
      }
    }
    expect(wrong).toEqual([])
  })

  test.each([
    [120, 40, ['header', 'return', 'learning', 'log', 'gradient', 'preview', 'footer']],
    [80, 24, ['heading', 'return', 'gradient', 'learning', 'preview', 'footer']],
    [60, 15, ['heading', 'numbers', 'plain-return', 'footer']],
    [40, 10, ['heading', 'numbers', 'plain-return']],
    [20, 5, ['line']],
    [1, 1, ['line']],
  ])('%i × %i shows %j', (columns, rows, shown) => {
    expect(names(layoutFor(columns, rows, ALL))).toEqual(shown)
  })

  test('a panel of one’s choice, or the help, fills the middle', () => {
    expect(names(layoutFor(120, 40, { ...ALL, focus: 2 }))).toEqual(['header', 'gradient', 'footer'])
    expect(names(layoutFor(80, 24, { ...ALL, help: true }))).toEqual(['heading', 'help', 'footer'])
  })

  test('without a drawing its place goes to others', () => {
    expect(names(layoutFor(120, 40, { ...ALL, preview: false }))).not.toContain('preview')
    expect(names(layoutFor(80, 24, { ...ALL, preview: false }))).toContain('log')
  })
})
