import { describe, expect, test } from 'vitest'
import type { RunEvent } from '../../src/core/events.js'
import { type LogFormat, type PlainLogOptions, plainLog } from '../../src/dashboard/plain-log.js'
import { quietWriter } from '../../src/dashboard/quiet-writer.js'
import { exampleRun } from './example-run.js'

/** A run of three updates, one second apart. */
function* shortRun(): Generator<RunEvent> {
  const [started] = [...exampleRun(0)]
  yield started!
  for (const update of [1, 2, 3]) {
    const step = 256 * update
    yield { kind: 'episode', step, episode: update, env: 0, return: 20, length: 20, end: 'terminated' }
    const metrics = {
      'rollout/ep_rew_mean': 20 + update / 3,
      'time/total_timesteps': step,
      'time/fps': 8123,
      'train/approx_kl': 0.0123456,
      'train/entropy_loss': -0.25,
      'train/explained_variance': null,
      'grad/norm_pre': 0.75,
      'grad/norm_post': 0.5,
      'grad/tau': update === 2 ? null : 0.5,
      'grad/clip_rate': 0.25,
      'grad/group/actor/tau': 0.5,
      'grad/layer/actor/norm_pre': 0.1,
    }
    yield { kind: 'update', step, update, metrics }
  }
  yield { kind: 'warning', step: 768, message: 'τ fell \u001b[31mfast' }
  yield { kind: 'evaluation', step: 768, returns: [1, 3], lengths: [1, 3], metrics: { 'eval/mean_reward': 2, 'eval/std_reward': 1 } }
  yield [...exampleRun(1)].at(-1)!
}

function logged(format: LogFormat, options: Partial<PlainLogOptions> = {}, events: Iterable<RunEvent> = shortRun()): string {
  let text = ''
  let now = 0
  const log = plainLog({ format, write: (part) => (text += part), clock: () => now, ...options })
  for (const event of events) {
    if (event.kind === 'update') now += 1000
    log.handle(event)
  }
  return text
}

describe('every format', () => {
  test.each(['table', 'line', 'json'] as const)('%s has no escape code and ends with a newline', (format) => {
    const text = logged(format, {}, exampleRun())
    expect(text).not.toContain('\u001b')
    expect(text.endsWith('\n')).toBe(true)
    if (format !== 'json') expect(text).toMatch(/^[\u0020-\u007e\n]*$/)
  })

  test.each(['table', 'line', 'json'] as const)('%s, quiet, is the result line alone', (format) => {
    const text = logged(format, { quiet: true })
    expect(text.trimEnd().split('\n')).toHaveLength(1)
    expect(text).toContain('done')
  })
})

describe('tables', () => {
  test('look like this', async () => {
    await expect(logged('table', { interval: 2, folder: 'runs/x' })).toMatchFileSnapshot('frames/log-table.txt')
  })

  test('come at most once per interval, and the last update always', () => {
    const tables = (interval: number) =>
      logged('table', { interval })
        .split('\n')
        .filter((line) => line.startsWith('| time/')).length
    expect(tables(0)).toBe(3)
    expect(tables(60)).toBe(2) // the first and the last
  })
})

test('lines look like this', async () => {
  await expect(logged('line', { interval: 0 })).toMatchFileSnapshot('frames/log-line.txt')
})

test('JSON lines can be read, one object per event, and hold every metric', () => {
  const lines = logged('json', { folder: 'runs/x' })
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(lines.map(({ event }) => event)).toEqual(['run-started', 'update', 'update', 'update', 'warning', 'evaluation', 'run-ended'])
  expect(lines[0]).toMatchObject({ env: 'CartPole-v1', algo: 'ppo', clip: 'loss-feedback per network', backend: 'wasm', folder: 'runs/x' })
  expect(lines[2]).toMatchObject({ step: 512, update: 2, 'grad/tau': null, 'train/approx_kl': 0.0123456, 'grad/layer/actor/norm_pre': 0.1 })
  expect(lines[5]).toMatchObject({ returns: [1, 3], 'eval/mean_reward': 2 })
  expect(lines[6]).toMatchObject({ status: 'done', steps: 100_000, folder: 'runs/x' })
})

describe('a quiet writer', () => {
  const epipe = Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })

  test('stops at the first failure, thrown or told, and tells it once', () => {
    for (const how of ['throws', 'tells'] as const) {
      const written: string[] = []
      const failures: Error[] = []
      let listener = (_: Error): void => {}
      const stream = {
        write: (text: string) => {
          if (text !== 'b') return written.push(text)
          if (how === 'throws') throw epipe
          listener(epipe)
          return false
        },
        on: (_: 'error', heard: (error: Error) => void) => {
          listener = heard
        },
      }
      const writer = quietWriter(stream, (error) => failures.push(error))
      for (const text of ['a', 'b', 'c']) writer.write(text)
      listener(epipe)
      expect(written).toEqual(['a'])
      expect(failures).toEqual([epipe])
      expect(writer.closed()).toBe(true)
    }
  })
})
