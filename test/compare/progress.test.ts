import { expect, test } from 'vitest'
import { experimentGrid } from '../../src/compare/grid.js'
import { type CompareEvent, noProgress, progressAfter, progressText } from '../../src/compare/progress.js'

const [one, two] = experimentGrid({ folder: 'c', envs: ['Toy-v0'], clips: ['none', 'agc'], seeds: [1] })

test('progress follows the events', () => {
  const line = (text: string): CompareEvent => ({ kind: 'line', spec: one!, line: text })
  const texts: string[] = []
  const events: CompareEvent[] = [
    { kind: 'planned', total: 3, finished: 1, setAside: [], parallel: 2 },
    { kind: 'started', spec: one! },
    { kind: 'started', spec: two! },
    line('{"event":"run-started","step":0,"totalSteps":2000}'),
    line('{"event":"update","step":860,"update":3}'),
    line('{ not JSON'),
    line('plain words'),
    { kind: 'ended', outcome: { spec: two!, status: 'failed', reason: 'exit code 1', lastWords: [] } },
    { kind: 'ended', outcome: { spec: one!, status: 'done', reason: null, lastWords: [] } },
    line('{"step":2000}'), // a late line of a run that has ended
  ]
  events.reduce((progress, event) => {
    const next = progressAfter(progress, event)
    texts.push(progressText(next))
    return next
  }, noProgress)
  expect(texts).toEqual([
    '1 of 3 runs done',
    '1 of 3 runs done, 1 at work (0%)',
    '1 of 3 runs done, 2 at work (0%, 0%)',
    '1 of 3 runs done, 2 at work (0%, 0%)',
    '1 of 3 runs done, 2 at work (43%, 0%)',
    '1 of 3 runs done, 2 at work (43%, 0%)',
    '1 of 3 runs done, 2 at work (43%, 0%)',
    '1 of 3 runs done, 1 failed, 1 at work (43%)',
    '2 of 3 runs done, 1 failed',
    '2 of 3 runs done, 1 failed',
  ])
})
