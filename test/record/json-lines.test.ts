import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openJsonLines, readJsonLines } from '../../src/record/json-lines.js'
import { oneLineError } from './support/errors.js'
import { emptyFolder } from './support/folders.js'

function written(rows: readonly Record<string, string | number>[]): string {
  const path = join(emptyFolder(), 'rows.jsonl')
  const lines = openJsonLines(path)
  for (const row of rows) lines.append(row)
  lines.close()
  return path
}

const ROWS = [{ a: 1 }, { text: 'line\nbreak, τ, "quoted"' }, { c: -0.5 }]

describe('json lines', () => {
  test('rows come back equal', () => {
    const row = fc.dictionary(
      fc.string({ maxLength: 5 }).filter((key) => !['__proto__', 'constructor', 'prototype'].includes(key)),
      fc.string(),
    )
    fc.assert(
      fc.property(fc.array(row), (rows) => {
        expect(JSON.stringify(readJsonLines(written(rows)).rows)).toBe(JSON.stringify(rows))
      }),
      { numRuns: 40 },
    )
  })

  test('cut off at any byte, the whole lines before it are read', () => {
    const path = written(ROWS)
    const bytes = readFileSync(path)
    for (let cut = 0; cut <= bytes.length; cut++) {
      writeFileSync(path, bytes.subarray(0, cut))
      const whole = bytes.subarray(0, cut).filter((byte) => byte === 10).length
      const { rows, end, torn } = readJsonLines(path)
      expect(rows).toEqual(ROWS.slice(0, whole))
      expect(torn).toBe(end < cut)
    }
  })

  test('opening again cuts the torn line off before it appends', () => {
    const path = written(ROWS)
    appendFileSync(path, '{"half":')
    const lines = openJsonLines(path)
    lines.append({ next: 1 })
    lines.close()
    expect(readJsonLines(path).rows).toEqual([...ROWS, { next: 1 }])
  })

  test('keep cuts back to a byte, or to the line before it', () => {
    const path = written(ROWS)
    const first = Buffer.byteLength(`${JSON.stringify(ROWS[0])}\n`)
    for (const keep of [first, first + 3]) {
      writeFileSync(path, ROWS.map((row) => `${JSON.stringify(row)}\n`).join(''))
      const lines = openJsonLines(path, { keep })
      expect(lines.size).toBe(first)
      lines.close()
      expect(readJsonLines(path).rows).toEqual([ROWS[0]])
    }
  })

  test('a watcher reads on from where it was, and starts again when the file became shorter', () => {
    const path = written([{ a: 1 }])
    const first = readJsonLines(path)
    appendFileSync(path, '{"b":2}\n{"c"')
    const second = readJsonLines(path, first.end)
    expect(second).toMatchObject({ rows: [{ b: 2 }], start: first.end, torn: true })
    appendFileSync(path, ':3}\n')
    expect(readJsonLines(path, second.end)).toMatchObject({ rows: [{ c: 3 }], torn: false })
    writeFileSync(path, '{"d":4}\n')
    expect(readJsonLines(path, second.end)).toMatchObject({ rows: [{ d: 4 }], start: 0 })
  })

  test('lines longer than what is read at once', () => {
    const rows = [{ long: 'x'.repeat(700_000) }, { long: 'y'.repeat(300_000) }]
    expect(readJsonLines(written(rows)).rows).toEqual(rows)
  })

  test.each([
    ['{"a":1}\nnot json\n', 'line 2'],
    ['[1]\n', 'expected an object, found a list'],
    ['{"__proto__":{"polluted":1}}\n', 'the key "__proto__" is not allowed'],
    [`${'['.repeat(100_000)}\n`, 'line 1'],
    [`{"a":${'['.repeat(100)}${']'.repeat(100)}}\n`, 'at most 64 levels'],
    ['{"a":"\u001b[31m"\n', 'line 1'],
  ])('%# a whole line that is not a row is an error with its number', (text, message) => {
    const path = join(emptyFolder(), 'rows.jsonl')
    writeFileSync(path, text)
    expect(oneLineError(() => readJsonLines(path), path).message).toContain(message)
    expect(({} as { polluted?: number }).polluted).toBeUndefined()
  })
})
