import fc from 'fast-check'
import { renderToString } from 'ink'
import { describe, expect, test } from 'vitest'
import type { RunEvent } from '../../src/core/events.js'
import { Dashboard } from '../../src/dashboard/dashboard.js'
import { RowStoreContext, rowStore } from '../../src/dashboard/rows.js'
import { type DashboardState, initialState, reduce } from '../../src/dashboard/state.js'
import { cells } from '../../src/dashboard/text.js'
import { BARE_THEME, type Theme } from '../../src/dashboard/theme.js'
import { type DashboardView, initialView } from '../../src/dashboard/view.js'
import { anyEvent } from './any-event.js'
import { exampleRun } from './example-run.js'

const reduced = (events: Iterable<RunEvent>): DashboardState => [...events].reduce(reduce, initialState())
const running = reduced(exampleRun(0.62))

function frame(
  state: DashboardState,
  columns: number,
  rows: number,
  choices: Partial<DashboardView> = {},
  theme: Theme = BARE_THEME,
): string {
  const view = initialView({ canPause: true, seconds: 7.7, ...choices })
  return renderToString(<Dashboard state={state} columns={columns} rows={rows} view={view} theme={theme} />, { columns })
}

/** Nothing that a terminal would wrap or scroll. */
function expectToFit(shown: string, columns: number, rows: number): void {
  const lines = shown.split('\n')
  expect(lines.length).toBeLessThanOrEqual(Math.max(1, rows - 1))
  for (const line of lines) expect(cells(line)).toBeLessThanOrEqual(columns)
}

const SIZES = [
  [120, 40],
  [80, 24],
  [60, 15],
  [40, 10],
  [20, 5],
] as const

describe('whole frames', () => {
  test.each(SIZES)('a run at %i × %i', async (columns, rows) => {
    const shown = frame(running, columns, rows)
    expectToFit(shown, columns, rows)
    await expect(`${shown}\n`).toMatchFileSnapshot(`frames/${columns}x${rows}.txt`)
  })

  test('one panel alone, with its tables', async () => {
    await expect(`${frame(running, 100, 30, { focus: 2, logScale: false, smoothing: 0.9 })}\n`).toMatchFileSnapshot('frames/gradient.txt')
  })

  test('the help, the end and a terminal without Unicode', async () => {
    await expect(`${frame(running, 80, 24, { help: true })}\n`).toMatchFileSnapshot('frames/help.txt')
    const ended = frame(reduced(exampleRun()), 80, 24, { preview: false }, { colour: 'bare', unicode: false })
    expect(ended).toMatch(/^[\u0020-\u007e\n]*$/)
    await expect(`${ended}\n`).toMatchFileSnapshot('frames/ascii.txt')
  })

  test('before the first event', () => {
    for (const [columns, rows] of SIZES) expectToFit(frame(initialState(), columns, rows), columns, rows)
    expect(frame(initialState(), 80, 24)).toContain('waiting for the run to start')
  })
})

describe('a frame', () => {
  test('fits its terminal whatever the run and whatever is looked at', () => {
    const size = fc.record({ columns: fc.integer({ min: 1, max: 180 }), rows: fc.integer({ min: 1, max: 50 }) })
    const choices = fc.record({
      focus: fc.constantFrom(0 as const, 1 as const, 2 as const, 3 as const, 4 as const),
      help: fc.boolean(),
      preview: fc.boolean(),
      logScale: fc.boolean(),
      smoothing: fc.constantFrom(0, 0.9),
      group: fc.integer({ min: 0, max: 3 }),
      runName: fc.string({ unit: 'binary', maxLength: 30 }),
    })
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 15 }), size, choices, (events, { columns, rows }, view) => {
        expectToFit(frame(reduced(events), columns, rows, view), columns, rows)
      }),
      { numRuns: 150 },
    )
  })

  test('is the same by way of the row store as by way of Ink', () => {
    for (const [columns, rows] of SIZES) {
      const store = rowStore()
      const view = initialView({ canPause: true, seconds: 7.7 })
      const placed = renderToString(
        <RowStoreContext.Provider value={store}>
          <Dashboard state={running} columns={columns} rows={rows} view={view} theme={BARE_THEME} />
        </RowStoreContext.Provider>,
        { columns },
      )
      const trimmed = (text: string) => text.split('\n').map((line) => line.trimEnd())
      expect(trimmed(store.resolve(placed))).toEqual(trimmed(frame(running, columns, rows)))
    }
  })

  test('says what is wrong in words, not in colour alone', () => {
    const metrics = { 'train/approx_kl': 0.2, 'train/explained_variance': -0.5, 'grad/skipped': 3, 'grad/clip_rate': 1 }
    const shown = frame(reduced([{ kind: 'update', step: 1, update: 1, metrics }]), 120, 40)
    for (const word of ['very high', 'negative', '3 skipped, not finite', 'nearly all']) expect(shown).toContain(word)
  })

  test('shows a clip without a limit', () => {
    expect(frame(reduced([{ kind: 'update', step: 1, update: 1, metrics: { 'grad/tau': null } }]), 120, 40)).toContain('no limit')
  })

  test('has one chart for each of a few groups, and a table for many', () => {
    const metrics = Object.fromEntries(
      Array.from({ length: 9 }, (_, i) => [
        [`grad/group/layer${i}/norm_pre`, i],
        [`grad/group/layer${i}/tau`, 1],
      ]).flat(),
    )
    const shown = frame(reduced([{ kind: 'update', step: 1, update: 1, metrics }]), 120, 40, { focus: 2 })
    expect(shown).toMatch(/group +before +after +τ +clipped/)
    expect(shown).toContain('layer8')
  })
})
