import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cells, clean, fitLine, fitText, flowed, lineCells, packed, span, spread } from '../../src/dashboard/text.js'

const text = fc.string({ unit: 'binary', maxLength: 60 }).map(clean)
const line = fc.array(
  text.map((content) => span(content)),
  { maxLength: 6 },
)
const width = fc.integer({ min: 0, max: 50 })

describe('clean', () => {
  test('leaves no control character, no escape sequence, no line break, whatever comes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (raw) => {
        expect(clean(raw)).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u)
        expect(clean(clean(raw))).toBe(clean(raw))
      }),
    )
  })

  test.each([
    ['\u001b[31mred\u001b[0m', 'red'],
    ['\u001b]0;title\u0007after', 'after'],
    ['\u001b]8;;http://x\u001b\\link\u001b]8;;\u001b\\', 'link'],
    ['\u009b2Jclear', 'clear'],
    ['one\r\ntwo\tthree', 'one two three'],
    ['a\u202eb\u200bc', 'abc'],
    ['cut \u001b[3', 'cut '],
    ['CartPole-v1 τ ≥ 475', 'CartPole-v1 τ ≥ 475'],
  ])('%j becomes %j', (raw, cleaned) => {
    expect(clean(raw)).toBe(cleaned)
  })
})

describe('widths', () => {
  test('fitText, fitLine and spread take exactly the cells they were given', () => {
    fc.assert(
      fc.property(text, line, line, width, (content, left, right, size) => {
        expect(cells(fitText(content, size))).toBe(size)
        expect(cells(fitText(content, size, 'right'))).toBe(size)
        expect(lineCells(fitLine(left, size))).toBe(size)
        expect(lineCells(spread(left, right, size))).toBe(size)
      }),
    )
  })

  test('packed and flowed never take more', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 5 }), width, fc.integer({ min: 1, max: 4 }), (parts, size, height) => {
        expect(lineCells(packed(parts, size))).toBeLessThanOrEqual(size)
        const lines = flowed(parts, size, height)
        expect(lines.length).toBeLessThanOrEqual(height)
        for (const each of lines) expect(lineCells(each)).toBeLessThanOrEqual(size)
      }),
    )
  })

  test.each([
    ['plain', 5],
    ['τ ± ∞ → ⣿ ▇', 11],
    ['環境', 4],
    ['e\u0301', 1],
    ['🚀', 2],
  ])('%s takes %i cells', (content, size) => {
    expect(cells(content)).toBe(size)
  })

  test('a cut is shown, and never halves a wide character', () => {
    expect(fitText('loss-feedback', 8)).toBe('loss-fe…')
    expect(fitText('環境環境', 4)).toBe('環… ')
    expect(fitText('12', 5, 'right')).toBe('   12')
  })
})
