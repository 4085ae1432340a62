/** Training on worker threads: the same run to the bit, and ends that leave nobody waiting. */
import { spawn, spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readCheckpoint } from '../../src/record/checkpoint-file.js'
import { builtPackage } from '../support/built.js'
import { cli } from '../support/cli.js'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const EXAMPLE = join(ROOT, 'examples/my-env.ts')
const FAULTY = join(ROOT, 'test/support/faulty-env.ts')
let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tau-rl-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const SMALL = [
  '--total-steps',
  '1024',
  '--num-envs',
  '4',
  '--set',
  'learn.rolloutSteps=32',
  '--set',
  'learn.epochs=1',
  '--eval-episodes',
  '2',
  '--quiet',
]
const run = (name: string, env: string, ...flags: string[]) =>
  cli(['train', '--env', env, ...SMALL, '--record-every', '3', '--run-dir', join(folder, name), ...flags])
const workers = ['--vectorization', 'workers', '--workers', '2']

/** The lines of a file with the values of the clock taken out, byte for byte. */
const lines = (name: string, file: string) =>
  readFileSync(join(folder, name, file), 'utf8').replace(/"time\/(fps|time_elapsed|rollout_seconds|update_seconds)":[^,}]+/g, '"time"')
const manifest = (name: string) => JSON.parse(readFileSync(join(folder, name, 'manifest.json'), 'utf8'))
const final = (name: string) => readCheckpoint(join(folder, name, 'checkpoints', 'final.ckpt')).snapshot

/** What must not depend on how environments are stepped. */
function expectSame(one: string, other: string): void {
  for (const file of ['metrics.jsonl', 'episodes.jsonl']) expect(lines(other, file)).toBe(lines(one, file))
  expect(final(other).arrays).toEqual(final(one).arrays)
}

describe('arrays, one after the other and workers', () => {
  test('leave the same run, of the library and of a file, stopped and resumed with another kind too', async () => {
    await run('arrays', EXAMPLE)
    expect(manifest('arrays').run.vectorization).toBe('arrays: it is written as functions')
    await run('serial', EXAMPLE, '--vectorization', 'serial')
    expect(manifest('serial').run.vectorization).toBe('serial: as asked')
    expectSame('arrays', 'serial')
    expect(await run('workers', EXAMPLE, ...workers, '--stop-at', '512')).toMatchObject({ code: 0, stderr: '' })
    expect(manifest('workers').run.vectorization).toBe('workers: as asked')
    for (const [kind, end] of [
      ['workers', '640'],
      ['arrays', '768'],
      ['serial', '1024'],
    ] as const) {
      const more = await cli(['train', '--resume', join(folder, 'workers'), '--vectorization', kind, '--stop-at', end, '--quiet'])
      expect(more).toMatchObject({ code: 0, stderr: '' })
    }
    const updates = (name: string) =>
      lines(name, 'metrics.jsonl')
        .split('\n')
        .filter((line) => line.includes('"update"'))
    expect(updates('workers')).toEqual(updates('serial'))
    expect(lines('workers', 'episodes.jsonl')).toBe(lines('serial', 'episodes.jsonl'))
    expect(final('workers').arrays).toEqual(final('serial').arrays)
  })

  test('a world that is no function, of an entry point of its own', async () => {
    const flags = ['--algo', 'a2c', '--total-steps', '320', '--set', 'learn.rolloutSteps=16']
    await run('lander', 'LunarLander', ...flags)
    expect(manifest('lander').run.vectorization).toMatch(
      /^(serial|workers): a step costs [\d.]+ µs, (too little for worker threads to pay|worth \d+ threads)$/,
    )
    expect(await run('lander-workers', 'LunarLander', ...flags, ...workers)).toMatchObject({ code: 0, stderr: '' })
    await run('lander-serial', 'LunarLander', ...flags, '--vectorization', 'serial')
    expectSame('lander-serial', 'lander')
    expectSame('lander-serial', 'lander-workers')
  })
})

test('the built package loads a file into workers, as JavaScript, and as TypeScript where tsx is asked for', () => {
  const { folder: installed, remove } = builtPackage()
  try {
    cpSync(EXAMPLE, join(installed, 'mine.ts'))
    for (const [name, loader, file] of [
      ['built-js', [], join(installed, 'examples/my-env.js')],
      ['built-ts', ['--import', 'tsx'], join(installed, 'mine.ts')],
    ] as const) {
      const flags = ['train', '--env', file, ...SMALL, '--record-every', '3', '--run-dir', join(folder, name), ...workers]
      const { status, stderr } = spawnSync(process.execPath, [...loader, 'src/cli/main.js', ...flags], { cwd: installed, encoding: 'utf8' })
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    }
    expectSame('built-js', 'built-ts')
    expect(lines('built-js', 'metrics.jsonl')).toBe(lines('serial', 'metrics.jsonl')) // of the first test: the sources in one thread
  } finally {
    remove()
  }
})

describe('a run on workers ends', () => {
  const fault = (name: string, ...flags: string[]) => run(name, FAULTY, ...workers, ...flags.flatMap((flag) => ['--set', flag]))

  test('with exit 1 when an environment fails, and says which, and when', async () => {
    const { code, stderr } = await fault(
      'throws',
      'envOptions.fault=throws',
      'envOptions.step=2',
      'seed=40',
      `envOptions.closed=${folder}/closed-1`,
    )
    expect(stderr).toMatch(
      /^tau-rl: test\/Faulty-v0\.step: environment 0 \(seed 40, episode 1, step 2, action \d+\) threw TypeError: the wheel came off$/m,
    )
    expect(stderr).toContain('Also environment 2 (seed 42')
    expect(stderr).not.toContain('internal')
    expect(code).toBe(1)
    expect(readFileSync(join(folder, 'closed-1'), 'utf8')).toBe('....')
    expect(manifest('throws')).toMatchObject({ status: 'failed', error: expect.stringContaining('the wheel came off') })
  })

  test.each([
    ['exits', 'died: process.exit(3)'],
    ['hangs', 'did not answer within 1 s; it hangs, ran out of memory, or needs more time: raise workerTimeout (seconds)'],
  ])('with exit 1 when a worker %s', async (what, message) => {
    const { code, stderr } = await fault(what, `envOptions.fault=${what}`, 'workerTimeout=1')
    expect(stderr).toContain(`test/Faulty-v0.step: the worker of environments 0 to 1 ${message}`)
    expect(code).toBe(1)
    expect(manifest(what).status).toBe('failed')
  })

  test('before it begins, with exit 2, when no folder can be made, and when an option is wrong', async () => {
    expect(await run('throws', EXAMPLE, ...workers)).toMatchObject({ code: 2, stderr: expect.stringContaining('throws') })
    const { code, stderr } = await run('wrong', 'LunarLander', ...workers, '--set', 'envOptions.gravity=3')
    expect(stderr).toContain('envOptions: ')
    expect(code).toBe(2)
    expect(await run('one', 'CartPole', '--workers', '0')).toMatchObject({ code: 2, stderr: expect.stringContaining('--workers') })
    expect((await run('two', 'CartPole', '--vectorization', 'threads')).code).toBe(2)
    expect(await run('three', 'LunarLander', '--vectorization', 'arrays')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('cannot run in arrays'),
    })
  })

  test('saved, when it is interrupted, and its process goes away', async () => {
    const path = join(folder, 'interrupted')
    const flags = [
      '--env',
      FAULTY,
      '--set',
      `envOptions.closed=${folder}/closed-2`,
      ...SMALL.filter((flag) => flag !== '--quiet'),
      '--total-steps',
      '100000000',
      '--log-format',
      'json',
      '--run-dir',
      path,
      ...workers,
    ]
    const child = spawn(process.execPath, ['--import', 'tsx', 'scripts/train.ts', ...flags], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
    let asked = false
    child.stdout.on('data', (text) => {
      if (!asked && String(text).includes('"update"')) {
        asked = true
        child.kill('SIGINT')
      }
    })
    expect(await ended).toBe(130)
    expect(manifest('interrupted').status).toBe('interrupted')
    expect(readFileSync(join(folder, 'closed-2'), 'utf8')).toBe('....')
  })
})
