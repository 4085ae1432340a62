import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type CompareOptions, compare } from '../../src/compare/compare.js'
import { comparisonFiles, comparisonName } from '../../src/compare/folder.js'
import { type CompareEvent, noProgress, progressAfter, progressText } from '../../src/compare/progress.js'
import { readCsv } from '../../src/compare/report/csv.js'
import { takeLock } from '../../src/record/run-lock.js'

const NOW = Date.UTC(2026, 0, 1)
const TRAIN = fileURLToPath(new URL('./fake-train.ts', import.meta.url))
const start: CompareOptions['start'] = ({ args }) => ({ command: process.execPath, args: ['--import', 'tsx', TRAIN, ...args] })
const refuse: CompareOptions['start'] = ({ name }) => {
  throw new Error(`${name} must not be started`)
}

let root: string
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'compare-'))
})
afterAll(() => rmSync(root, { recursive: true }))

const options = (over: Partial<CompareOptions>): CompareOptions => ({
  ...{ root, envs: ['Toy-v0'], clips: ['same', 'good+30'], seeds: [1, 2, 3], start, now: NOW, bootstrap: { repetitions: 500 } },
  ...over,
})

/** Every file below `folder` with its content. */
function snapshot(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return Object.fromEntries(
    files.map((entry) => [join(entry.parentPath, entry.name), readFileSync(join(entry.parentPath, entry.name), 'utf8')]),
  )
}

describe('compare', () => {
  test('runs the grid, and writes what it found', async () => {
    const events: CompareEvent[] = []
    const comparison = await compare(options({ name: 'first', onEvent: (event) => events.push(event) }))
    expect(comparison.runs).toHaveLength(6)
    expect(comparison.runs.every(({ failure }) => failure === null)).toBe(true)
    expect(comparison.threshold).toEqual({ 'Toy-v0': 100 })
    const [final] = comparison.summary.differences
    expect(final).toMatchObject({ clip: 'good+30', baseline: 'same', paired: { pairs: 3 } })
    expect(final!.paired!.mean).toBeCloseTo(30.02, 10) // 30 + mean of .01, .02, .03: the luck of each seed cancels

    const files = comparisonFiles(comparison.folder)
    expect(readCsv(readFileSync(files.runs, 'utf8'))).toHaveLength(6)
    expect(readCsv(readFileSync(files.rules, 'utf8'))).toHaveLength(2)
    expect(JSON.parse(readFileSync(files.comparison, 'utf8')).summary.baseline).toBe('same')
    expect(readFileSync(files.report, 'utf8')).toContain('# Comparison: first')
    expect(existsSync(files.lock)).toBe(false)

    const progress = events.reduce(progressAfter, noProgress)
    expect(events[0]).toEqual({ kind: 'planned', total: 6, finished: 0, setAside: [], parallel: expect.any(Number) })
    expect(progressText(progress)).toBe('6 of 6 runs done')
  })

  test('asked again it runs nothing and writes the same, byte for byte', async () => {
    const before = snapshot(join(root, 'first'))
    await compare(options({ name: 'first', start: refuse }))
    expect(snapshot(join(root, 'first'))).toEqual(before)
  })

  test('more seeds run only what is new', async () => {
    cpSync(join(root, 'first'), join(root, 'more'), { recursive: true })
    const started: string[] = []
    const only: CompareOptions['start'] = (spec) => {
      started.push(spec.name)
      return start(spec)
    }
    const { runs } = await compare(options({ name: 'more', seeds: [1, 2, 3, 9], start: only }))
    expect(started.toSorted()).toEqual(['Toy-v0__good+30__9', 'Toy-v0__same__9'])
    expect(runs).toHaveLength(8)
  })

  test('an unfinished run starts over; its remains are moved, foreign files among them', async () => {
    cpSync(join(root, 'first'), join(root, 'unfinished'), { recursive: true })
    const run = join(root, 'unfinished', 'runs', 'Toy-v0__same__2')
    rmSync(join(run, 'result.json'))
    writeFileSync(join(run, 'notes.txt'), 'mine')
    const events: CompareEvent[] = []
    const { runs } = await compare(options({ name: 'unfinished', onEvent: (event) => events.push(event) }))
    const moved = join(root, 'unfinished', 'unfinished', 'Toy-v0__same__2-1')
    expect(events[0]).toMatchObject({ finished: 5, setAside: [moved] })
    expect(readFileSync(join(moved, 'notes.txt'), 'utf8')).toBe('mine')
    expect(existsSync(join(run, 'result.json'))).toBe(true)
    expect(existsSync(join(run, 'notes.txt'))).toBe(false)
    expect(runs.every(({ failure }) => failure === null)).toBe(true)
  })

  test.each(['failed', 'interrupted'])('a result that says "%s" is none', async (status) => {
    cpSync(join(root, 'first'), join(root, status), { recursive: true })
    const path = join(root, status, 'runs', 'Toy-v0__good+30__1', 'result.json')
    writeFileSync(path, readFileSync(path, 'utf8').replace('"done"', `"${status}"`))
    const events: CompareEvent[] = []
    await compare(options({ name: status, onEvent: (event) => events.push(event) }))
    expect(events[0]).toMatchObject({ finished: 5 })
    expect(readFileSync(path, 'utf8')).toContain('"done"')
  })

  test('failures are counted and shown, and tried again the next time', async () => {
    const clips = ['same', 'crash', 'quiet']
    const comparison = await compare(options({ name: 'failing', clips, seeds: [1] }))
    expect(comparison.runs.map(({ failure }) => failure)).toEqual([null, 'exit code 1', expect.stringContaining('manifest.json')])
    expect(comparison.runs[1]!.lastWords).toEqual(['a gradient was not finite'])
    expect(comparison.summary.rules.map(({ n, failed }) => [n, failed])).toEqual([
      [1, 0],
      [0, 1],
      [0, 1],
    ])
    expect(readFileSync(comparisonFiles(comparison.folder).report, 'utf8')).toContain('a gradient was not finite')
    const started: string[] = []
    await compare(options({ name: 'failing', clips, seeds: [1], start: (spec) => refuse(started.push(spec.clip) ? spec : spec) }))
    expect(started.toSorted()).toEqual(['crash', 'quiet'])
  })

  test('an interrupted comparison reports what there is, and goes on later', async () => {
    cpSync(join(root, 'first'), join(root, 'cut'), { recursive: true })
    const cut = await compare(options({ name: 'cut', seeds: [1, 2, 3, 4], signal: AbortSignal.abort() }))
    expect(cut.interruptedBy).toBe('abort')
    expect(cut.runs.map(({ failure }) => failure)).toEqual([null, null, null, null, null, null, 'not started', 'not started'])
    expect(readFileSync(comparisonFiles(cut.folder).report, 'utf8')).toContain('cut short')
  })

  test('refuses other settings, a foreign folder, and a second comparison at work', async () => {
    await expect(compare(options({ name: 'first', args: ['--total-steps', '9'], start: refuse }))).rejects.toThrow(
      'holds runs made with no flags, now asked for with "--total-steps 9": they would not be comparable. Choose another name.',
    )
    mkdirSync(join(root, 'foreign'))
    writeFileSync(join(root, 'foreign', 'thesis.tex'), '')
    await expect(compare(options({ name: 'foreign' }))).rejects.toThrow('exists and is no comparison')
    const lock = takeLock(comparisonFiles(join(root, 'first')).lock, Date.now())
    await expect(compare(options({ name: 'first', now: Date.now() }))).rejects.toThrow('compare.lock')
    lock.release()
  })

  test('refuses a run folder with another seed in it', async () => {
    cpSync(join(root, 'first'), join(root, 'mixed'), { recursive: true })
    const runs = join(root, 'mixed', 'runs')
    rmSync(join(runs, 'Toy-v0__same__2'), { recursive: true })
    cpSync(join(runs, 'Toy-v0__same__1'), join(runs, 'Toy-v0__same__2'), { recursive: true })
    await expect(compare(options({ name: 'mixed', start: refuse }))).rejects.toThrow('holds a run with seed 1, expected 2')
  })

  test.each([
    [{ baseline: 'sam' }, 'baseline "sam" is not among the clips same, good+30. Did you mean "same"?'],
    [{ name: '../up' }, 'comparison name must be letters'],
    [{ clips: [] }, 'compare needs at least one clip'],
    [{ parallel: 0 }, 'parallel must be a whole number of at least 1, got 0'],
  ])('refuses %o before anything starts', async (over, message) => {
    await expect(compare(options({ name: 'wrong', start: refuse, ...over }))).rejects.toThrow(message)
    expect(existsSync(join(root, 'wrong'))).toBe(false)
  })
})

test('a default name is the same for the same request only', () => {
  expect(comparisonName(['CartPole-v1'], [])).toBe('CartPole-v1')
  expect(comparisonName(['A-v0', 'B-v0'], ['--num-envs', '4'])).toMatch(/^A-v0\+B-v0-[0-9a-f]{8}$/)
  expect(comparisonName(['A-v0'], ['--num-envs', '4'])).not.toBe(comparisonName(['A-v0'], ['--num-envs', '5']))
})
