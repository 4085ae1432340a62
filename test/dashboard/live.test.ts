import { EventEmitter } from 'node:events'
import { PassThrough } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { RunEvent } from '../../src/core/events.js'
import { type DashboardOptions, type RunningDashboard, startDashboard } from '../../src/dashboard/run-dashboard.js'
import { startReplay } from '../../src/dashboard/run-replay.js'
import { BARE_THEME } from '../../src/dashboard/theme.js'
import { openReplay } from '../../src/record/replay.js'
import { exampleRecording } from './example-recording.js'
import { exampleRun } from './example-run.js'

/** A terminal that remembers what was written to it, and a keyboard. */
class FakeTerminal extends EventEmitter {
  columns = 80
  rows = 24
  isTTY = true
  written: string[] = []

  write(text: string): boolean {
    this.written.push(text)
    return true
  }

  get text(): string {
    return this.written.join('')
  }

  resize(columns: number, rows: number): void {
    this.columns = columns
    this.rows = rows
    this.emit('resize')
  }
}

class FakeKeyboard extends PassThrough {
  isTTY = true
  isRaw = false
  setRawMode(raw: boolean): this {
    this.isRaw = raw
    return this
  }
  ref(): this {
    return this
  }
  unref(): this {
    return this
  }
}

const running: RunningDashboard[] = []
afterEach(() => {
  for (const dashboard of running.splice(0)) dashboard.stop()
})

async function start(options: Partial<DashboardOptions> = {}) {
  const stdout = new FakeTerminal()
  const stdin = new FakeKeyboard()
  const heard: string[] = []
  let now = 0
  const dashboard = await startDashboard({
    stdout,
    stdin: stdin as unknown as NodeJS.ReadStream,
    clock: () => now,
    onQuit: () => heard.push('quit'),
    onInterrupt: () => heard.push('interrupt'),
    onPause: (paused) => heard.push(paused ? 'pause' : 'resume'),
    onPreview: (wanted) => heard.push(`preview ${wanted}`),
    theme: BARE_THEME,
    ...options,
  })
  running.push(dashboard)
  await turns()
  const type = async (keys: string): Promise<void> => {
    stdin.write(keys)
    await turns()
  }
  const feed = (events: Iterable<RunEvent>, millisecondsEach = 10): void => {
    for (const event of events) {
      now += millisecondsEach
      dashboard.handle(event)
    }
  }
  return { stdout, stdin, heard, dashboard, type, feed }
}

/** Ink attaches its ears in effects, some turns of the event loop later. */
async function turns(): Promise<void> {
  for (let i = 0; i < 20; i++) await turn()
}

const ENTER = '\u001b[?1049h'
const LEAVE = '\u001b[?25h\u001b[?1049l'

describe('the dashboard on a terminal', () => {
  test('enters the alternate screen, shows the run, and leaves everything as it was, with a summary', async () => {
    const { stdout, stdin, dashboard, feed } = await start({ runName: 'demo', folder: 'runs/demo' })
    expect(stdout.text.startsWith(ENTER)).toBe(true)
    expect(stdin.isRaw).toBe(true)
    feed(exampleRun())
    expect(stdout.text).toContain('CartPole-v1 PPO')
    dashboard.stop()
    dashboard.stop()
    const [before, after, ...more] = stdout.text.split(LEAVE)
    expect(more).toEqual([])
    expect(before).toContain('100 %') // the last frame was flushed
    expect(after).toMatch(/^τ tau-rl {2}PPO on CartPole-v1, seed 1, clip loss-feedback per network: done\nreturn {4}491\.4 /)
    expect(after).toContain('runs/demo')
    expect(stdin.isRaw).toBe(false)
    expect(stdout.listenerCount('resize')).toBe(0)
    await turns()
    expect(stdin.listenerCount('readable')).toBe(0)
  })

  test('never writes a line break, a wipe of the history, or more rows than fit', async () => {
    const { stdout, dashboard, feed, type } = await start()
    feed(exampleRun(0.3))
    await type('2')
    stdout.resize(60, 15)
    feed(exampleRun(0.1))
    stdout.resize(20, 5)
    feed(exampleRun(0.1))
    const shown = stdout.text
    expect(shown).not.toContain('\n')
    expect(shown).not.toContain('\u001b[3J')
    const small = shown.slice(shown.lastIndexOf('\u001b[2J'))
    for (const [, row] of small.matchAll(/\[(\d+);1H/g)) expect(Number(row)).toBeLessThanOrEqual(4)
    dashboard.stop()
  })

  test('hears keys, also several at once, and Ctrl-C as a key', async () => {
    const { heard, type, stdout, feed } = await start()
    feed(exampleRun(0.05))
    await type('v')
    await type('  ')
    await type('?')
    expect(stdout.text).toContain('finish the update, save, leave')
    await type('q')
    await type('\u0003\u0003')
    expect(heard).toEqual(['preview false', 'pause', 'resume', 'quit', 'interrupt', 'interrupt'])
    expect(stdout.text).toContain('STOPPING')
  })

  test('paints no more than its share of the time', async () => {
    let now = 0
    // A clock on which every look costs a millisecond: a paint takes some, and the budget has to notice.
    const { dashboard, stdout } = await start({ clock: () => now++, budget: 0.02 })
    for (const event of exampleRun(0.5)) dashboard.handle(event)
    const { total, frames } = dashboard.cost()
    expect(frames).toBeGreaterThan(1)
    expect(total).toBeLessThanOrEqual(0.02 * now + 70)
    expect(stdout.written.length).toBeLessThan(100)
  })

  test('what libraries print meanwhile is shown in the log, and printed when the screen is gone', async () => {
    const printed: string[] = []
    const error = vi.spyOn(console, 'error').mockImplementation((text) => printed.push(text))
    const { stdout, dashboard, feed } = await start()
    feed(exampleRun(0.05))
    console.error('kernel %s is\u001b[2J slow', 'relu6')
    expect(printed).toEqual([])
    stdout.resize(120, 40)
    expect(stdout.text).toContain('warning: kernel relu6 is slow')
    dashboard.stop()
    expect(printed).toEqual(['kernel relu6 is\u001b[2J slow'])
    error.mockRestore()
  })

  test('a terminal that goes away does not take the run with it', async () => {
    const { stdout, dashboard, feed } = await start()
    stdout.write = () => {
      throw Object.assign(new Error('write EIO'), { code: 'EIO' })
    }
    feed(exampleRun(0.2))
    stdout.emit('error', new Error('write EIO'))
    dashboard.stop()
  })

  test('Ink keeps nothing of a frame: it remembers every text it measures, so it may only measure placeholders', async () => {
    const { feed, type, dashboard } = await start()
    feed(exampleRun(0.1))
    const set = vi.spyOn(Map.prototype, 'set')
    await type('yyyyy')
    const kept = set.mock.calls.map(([key]) => key).filter((key) => typeof key === 'string' && /CartPole|[╭│]|[⠁-⣿]{2}/.test(key))
    set.mockRestore()
    expect(dashboard.cost().frames).toBeGreaterThanOrEqual(5)
    expect(kept).toEqual([])
  })
})

test('a replay plays, obeys its keys and gives the terminal back', async () => {
  const stdout = new FakeTerminal()
  const stdin = new FakeKeyboard()
  let now = 0
  const left = startReplay({
    replay: openReplay(exampleRecording(50)),
    drawings: null,
    stdout,
    stdin: stdin as unknown as NodeJS.ReadStream,
    clock: () => now++,
    theme: BARE_THEME,
  })
  while (!stdin.isRaw) await turn()
  stdin.write('.')
  await turns()
  expect(stdout.text).toContain('Step 1')
  expect(stdout.text).toContain('PAUSED')
  stdin.write('\u001b[F') // End
  await turns()
  expect(stdout.text).toContain('50 / 50')
  stdin.write('>')
  expect(await left).toBe('next')
  expect(stdout.text.endsWith(LEAVE)).toBe(true)
  expect(stdin.isRaw).toBe(false)
})
