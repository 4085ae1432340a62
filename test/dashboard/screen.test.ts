import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { paintBudget } from '../../src/dashboard/paint-budget.js'
import { difference, openScreen } from '../../src/dashboard/screen.js'

const ESC = '\u001b'

/** The few commands of a terminal that `difference` uses. */
function replay(shown: readonly string[], output: string): readonly string[] {
  const rows = [...shown]
  for (const [, row, command, text] of output.matchAll(new RegExp(`${ESC}\\[(\\d+);1H${ESC}\\[(2K|J)([^${ESC}]*)`, 'g'))) {
    if (command === 'J') rows.length = Math.min(rows.length, Number(row) - 1)
    else rows[Number(row) - 1] = text!
  }
  return rows
}

describe('the difference between two frames', () => {
  test('turns one into the other and leaves equal rows alone', () => {
    const frame = fc.array(fc.constantFrom('one', 'two', 'three', ''), { maxLength: 8 })
    fc.assert(
      fc.property(frame, frame, (before, after) => {
        const changes = difference(before, after)
        expect(replay(before, changes)).toEqual(after)
        const changed = after.filter((row, i) => row !== before[i]).length
        expect(changes.split(`${ESC}[2K`).length - 1).toBe(changed)
      }),
    )
  })
})

describe('the screen', () => {
  test('enters, paints only what changed, and leaves once with everything as it was', () => {
    const written: string[] = []
    const screen = openScreen((text) => written.push(text))
    expect(written.join('')).toContain(`${ESC}[?1049h${ESC}[?25l${ESC}[?7l`)
    screen.paint(['a', 'b'])
    screen.paint(['a', 'c'])
    screen.paint(['a', 'c'])
    expect(written.slice(1)).toHaveLength(2) // the third paint changed nothing
    expect(written[2]).toBe(`${ESC}[?2026h${ESC}[2;1H${ESC}[2Kc${ESC}[?2026l`)
    screen.clear()
    screen.paint(['a', 'c'])
    expect(written.at(-1)).toContain(`${ESC}[1;1H${ESC}[2Ka`)
    screen.leave()
    screen.leave()
    screen.paint(['late'])
    expect(written.at(-1)).toBe(`${ESC}[0m${ESC}[?7h${ESC}[?25h${ESC}[?1049l`)
    expect(written.filter((text) => text.includes('?1049l'))).toHaveLength(1)
  })
})

describe('the paint budget', () => {
  test('never spends more than its share, the reserve and one paint', () => {
    const step = fc.record({ wait: fc.double({ min: 0, max: 400, noNaN: true }), cost: fc.double({ min: 0, max: 80, noNaN: true }) })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const budget = paintBudget(0.03, 0)
        let now = 0
        let spent = 0
        for (const { wait, cost } of steps) {
          now += wait
          if (!budget.due(now)) continue
          budget.spent(now, now + cost)
          now += cost
          spent += cost
          expect(spent).toBeLessThanOrEqual(0.03 * now + 60 + 80)
        }
        expect(budget.total()).toBeCloseTo(spent, 6)
      }),
    )
  })

  test('cheap paints follow each other at the shortest interval, dear ones at their price', () => {
    const paints = (cost: number) => {
      const budget = paintBudget(0.03, 0)
      let count = 0
      for (let now = 0; now < 60_000; now += 1) {
        if (!budget.due(now)) continue
        count++
        budget.spent(now, now + cost)
        now += cost
      }
      return count
    }
    expect(paints(1)).toBeGreaterThan(590) // 10 per second
    expect(paints(1)).toBeLessThanOrEqual(600)
    expect(paints(30)).toBeLessThanOrEqual(62) // 60 s · 3 % / 30 ms, and the reserve
    expect(paints(30)).toBeGreaterThan(55)
  })

  test('a clock that stands still or runs backwards neither paints for ever nor never again', () => {
    const budget = paintBudget(0.03, 1000)
    budget.spent(1000, 1050)
    expect(budget.due(1000)).toBe(false)
    expect(budget.due(0)).toBe(false)
    expect(budget.due(10_000)).toBe(true)
  })
})
