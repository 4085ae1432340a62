import fc from 'fast-check'
import { renderToString } from 'ink'
import { describe, expect, test } from 'vitest'
import { replaySource } from '../../src/dashboard/replay-panels.js'
import { ReplayScreen } from '../../src/dashboard/replay-screen.js'
import { advance, BASE_RATE, frameOf, initialReplay, pressReplay, type ReplayState } from '../../src/dashboard/replay-state.js'
import { replayTable } from '../../src/dashboard/replay-table.js'
import { cells } from '../../src/dashboard/text.js'
import { BARE_THEME } from '../../src/dashboard/theme.js'
import { openReplay } from '../../src/record/replay.js'
import { exampleRecording } from './example-recording.js'
import { cartPole } from './example-run.js'

const press = (keys: readonly string[], state: ReplayState = initialReplay(200)): ReplayState =>
  keys.reduce((now, key) => pressReplay(now, key).state, state)
const at = (position: number): ReplayState => ({ ...initialReplay(200), position })

describe('a replay', () => {
  test('stays inside the episode whatever is pressed and however time passes', () => {
    const key = fc.constantFrom(
      ...[
        'space',
        '.',
        ',',
        'left',
        'right',
        'shift-left',
        'shift-right',
        '[',
        ']',
        '{',
        '}',
        'backspace',
        'home',
        'end',
        'l',
        'g',
        'return',
      ],
      ...'0123456789',
    )
    const input = fc.oneof(key, fc.double({ min: -100, max: 1e5 }))
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 500 }), fc.array(input, { maxLength: 60 }), (length, inputs) => {
        let state = initialReplay(length)
        for (const each of inputs) state = typeof each === 'number' ? advance(state, each) : press([each], state)
        expect(frameOf(state)).toBeGreaterThanOrEqual(0)
        expect(frameOf(state)).toBeLessThanOrEqual(length)
        expect(state.speed).toBeGreaterThan(0)
        expect(state.speed).toBeLessThanOrEqual(100)
      }),
    )
  })

  test('plays at its rate and speed, and stops at the end', () => {
    expect(frameOf(advance(initialReplay(200), 1000))).toBe(BASE_RATE)
    expect(frameOf(advance(press(['}']), 1000))).toBe(2 * BASE_RATE)
    expect(advance(initialReplay(200), 1e6)).toMatchObject({ position: 200, playing: false })
    expect(advance(press(['space']), 1000)).toEqual(press(['space']))
  })

  test('a loop shows the last frame and begins again', () => {
    const looping = press(['l'], at(199))
    expect(frameOf(advance(looping, 1000 / BASE_RATE))).toBe(200)
    expect(advance(looping, 2100 / BASE_RATE)).toMatchObject({ position: 0, playing: true })
  })

  test.each([
    [['.'], 101],
    [[','], 99],
    [['right'], 200],
    [['left'], 0],
    [['shift-right'], 100 + BASE_RATE],
    [['shift-left'], 100 - BASE_RATE],
    [['home'], 0],
    [['end'], 200],
    [['7'], 140],
    [['g', '4', '2', 'return'], 42],
    [['g', '4', '2', 'backspace', 'return'], 4],
    [['g', '9', '9', '9', 'return'], 200],
    [['g', '4', 'escape'], 100],
  ])('%j from step 100 leads to %i', (keys, frame) => {
    expect(frameOf(press(keys, at(100)))).toBe(frame)
  })

  test('speeds: a tenth, half, double, normal', () => {
    expect(press([']']).speed).toBeCloseTo(1.1, 12)
    expect(press([']', '[']).speed).toBeCloseTo(1, 12)
    expect(press(['{']).speed).toBe(0.5)
    expect(press(['}', '}', 'backspace']).speed).toBe(1)
  })

  test('space at the end plays it once more', () => {
    expect(press(['end', 'space'])).toMatchObject({ position: 0, playing: true })
  })

  test('leaving and other episodes are for the caller', () => {
    const commands = ['q', 'ctrl-c', '<', '>', 'ctrl-l', '.'].map((key) => pressReplay(at(1), key).command)
    expect(commands).toEqual(['quit', 'quit', 'previous', 'next', 'redraw', null])
  })
})

describe('the replay screen', () => {
  const replay = openReplay(exampleRecording(200))
  const drawings = Array.from({ length: 201 }, (_, t) => cartPole(Math.sin(t / 20), 0.2 * Math.sin(t / 7)))
  const frame = (columns: number, rows: number, state: ReplayState, source = replaySource(replay, drawings)) =>
    renderToString(<ReplayScreen source={source} state={state} columns={columns} rows={rows} theme={BARE_THEME} />, { columns })

  test.each([
    [100, 30],
    [60, 20],
    [20, 5],
  ])('at %i × %i', async (columns, rows) => {
    await expect(`${frame(columns, rows, { ...at(108), playing: false })}\n`).toMatchFileSnapshot(`frames/replay-${columns}x${rows}.txt`)
  })

  test('fits every terminal at every place, with and without drawings', () => {
    const plain = replaySource(openReplay({ ...exampleRecording(3), env: '環境\u001b[2J' }), null)
    const drawn = replaySource(replay, drawings)
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 160 }),
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 0, max: 3 }),
        fc.boolean(),
        fc.boolean(),
        (columns, rows, position, help, withDrawings) => {
          const shown = frame(columns, rows, { ...initialReplay(3), position, help }, withDrawings ? drawn : plain)
          expect(shown.split('\n').length).toBeLessThanOrEqual(Math.max(1, rows - 1))
          for (const line of shown.split('\n')) expect(cells(line)).toBeLessThanOrEqual(columns)
          expect(shown).not.toContain('\u001b')
        },
      ),
    )
  })
})

test('a replay as a table', async () => {
  await expect([...replayTable(openReplay(exampleRecording(4)))].join('')).toMatchFileSnapshot('frames/replay-table.txt')
  expect([...replayTable(openReplay(exampleRecording(100)), 30)].length).toBe(2 + 5) // steps 0, 30, 60, 90 and 100
})
