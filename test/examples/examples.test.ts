/** The worked examples, in a size that takes seconds: they say what they found, save a plot, and say the same again. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { memory } from '@tensorflow/tfjs-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { main as adding } from '../../examples/adding-problem.js'
import { main as characters } from '../../examples/char-rnn.js'
import { main as images } from '../../examples/deep-cnn.js'
import { main as ppo } from '../../examples/ppo.js'
import type { Row } from '../../examples/support/study.js'

type Main = (args: readonly string[], print?: (line: string) => void) => Promise<Row[][]>

const EXAMPLES: readonly (readonly [name: string, main: Main, plots: readonly string[]])[] = [
  ['adding-problem', adding, ['adding-problem.svg']],
  ['char-rnn', characters, ['char-rnn.svg', 'char-lstm.svg']],
  ['deep-cnn', images, ['deep-cnn.svg']],
  ['ppo', ppo, ['ppo.svg']],
]

let out = ''
beforeAll(() => {
  out = mkdtempSync(join(tmpdir(), 'tau-rl-examples-'))
})
afterAll(() => rmSync(out, { recursive: true }))

async function output(main: Main, ...flags: string[]): Promise<{ lines: string[]; rows: Row[][] }> {
  const lines: string[] = []
  const rows = await main([...flags, '--out', out], (line) => lines.push(line))
  return { lines, rows }
}

describe.each(EXAMPLES)('%s', (_name, main, plots) => {
  test('prints one row per clip and saves a plot; the same twice, with no tensor left over', async () => {
    const first = await output(main, '--steps', '3', '--seeds', '1')
    const before = memory().numTensors
    const second = await output(main, '--steps', '3', '--seeds', '1')
    expect(second).toEqual(first)
    expect(memory().numTensors).toBe(before)

    expect(first.rows).toHaveLength(plots.length)
    for (const rows of first.rows) {
      expect(rows.length).toBe(6)
      expect(rows[0]!.clip).toBe('none')
      for (const row of rows) {
        expect(first.lines.filter((line) => line.startsWith(`${row.clip} `)).length).toBe(plots.length)
        expect(row.norm).toBeGreaterThan(0)
      }
    }
    for (const plot of plots) {
      const drawn = readFileSync(join(out, plot), 'utf8')
      expect(drawn).toMatch(/^<svg /)
      expect(drawn.match(/<polyline/g)).toHaveLength(6)
      expect(drawn).not.toMatch(/NaN|Infinity/)
    }
  })

  test('a seed decides the run, and the clip in the same run', async () => {
    const [a, b] = [
      await output(main, '--steps', '2', '--seeds', '1', '--clips', 'none'),
      await output(main, '--steps', '2', '--seeds', '2', '--clips', 'none'),
    ]
    expect(b.rows[0]![0]!.finals[0]).toBe(a.rows[0]![0]!.finals[0])
    expect(b.rows[0]![0]!.finals[1]).not.toBe(a.rows[0]![0]!.finals[0])
    const tight = await output(main, '--steps', '8', '--seeds', '1', '--clips', 'none,global-norm:tau=1e-9')
    const [free, held] = tight.rows[0]!
    expect(held!.clipRate).toBe(1)
    expect(free!.clipRate).toBe(0)
  })
})

describe('flags', () => {
  test.each([
    [['--clips', 'agx'], /agc/],
    [['--steps', '0'], /--steps: expected a whole number of at least 1, got "0"/],
    [['--rate', 'fast'], /--rate: expected a number above 0, got "fast"/],
    [['--stepz', '1'], /--stepz/],
  ] as const)('%j is refused before anything runs', async (flags, message) => {
    await expect(adding(flags, () => {})).rejects.toThrow(message)
  })

  test('--help prints the flags and runs nothing', async () => {
    const lines: string[] = []
    expect(await adding(['--help'], (line) => lines.push(line))).toEqual([])
    expect(lines.join('\n')).toContain('--seeds N')
  })

  test('--out may name a folder that does not exist yet', async () => {
    const folder = join(out, 'new', 'folder')
    await adding(['--steps', '1', '--seeds', '1', '--clips', 'none', '--out', folder], () => {})
    expect(existsSync(join(folder, 'adding-problem.svg'))).toBe(true)
  })
})

test('what the adding problem shows: without a limit it explodes, with one it does not', async () => {
  const { rows } = await output(adding, '--steps', '150', '--seeds', '1', '--rate', '0.4', '--clips', 'none,global-norm:tau=1')
  const [none, fixed] = rows[0]!
  expect(none!.diverged).toBe(1)
  expect(fixed!.diverged).toBe(0)
})
