import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { RunError, UsageError } from '../../src/core/errors.js'
import { isoTime, newManifest, writeManifest } from '../../src/record/manifest.js'
import { createRunFolder, findRun, inside, listRuns, openRunFolder } from '../../src/record/run-folder.js'
import { emptyFolder } from './support/folders.js'
import { NOW } from './support/samples.js'

const RUN = { env: 'CartPole-v1', algo: 'ppo', seed: 7, now: NOW }

/** A run that started `minutes` after NOW. */
function madeRun(runsDir: string, minutes: number, env = 'CartPole-v1') {
  const now = NOW + minutes * 60_000
  const folder = createRunFolder({ ...RUN, env, runsDir, now })
  writeManifest(folder.files.manifest, newManifest({ argv: [], versions: {}, now }))
  folder.release()
  return folder
}

describe('createRunFolder', () => {
  test('names the folder by environment, algorithm, seed and time; a name that is taken gets a number', () => {
    const runsDir = join(emptyFolder(), 'new', 'runs')
    const names = [1, 2, 3].map(() => createRunFolder({ ...RUN, runsDir }).name)
    const name = 'CartPole-v1__ppo__7__20260102-030405'
    expect(names).toEqual([name, `${name}-2`, `${name}-3`])
    expect(readdirSync(join(runsDir, name)).sort()).toEqual(['checkpoints', 'episodes', 'run.lock'])
  })

  test('whatever the environment is called, the folder lies directly in the folder of runs', () => {
    const runsDir = emptyFolder()
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.constantFrom('..', '../..', '/etc', 'ALE/Pong-v5', '.hidden', 'a\0b', '\u001b[2J')), (env) => {
        const folder = createRunFolder({ ...RUN, runsDir, env })
        expect(folder.path).toBe(join(runsDir, folder.name))
        expect(folder.name).toMatch(/^[A-Za-z0-9_-][A-Za-z0-9._-]*$/)
      }),
      { numRuns: 50 },
    )
  })

  test('--run-dir is taken as it is; an empty folder will do', () => {
    const root = emptyFolder()
    expect(createRunFolder({ ...RUN, runDir: join(root, 'a', 'b') }).path).toBe(join(root, 'a', 'b'))
    mkdirSync(join(root, 'empty'))
    expect(createRunFolder({ ...RUN, runDir: join(root, 'empty') }).name).toBe('empty')
  })

  test('a folder that holds something is never overwritten', () => {
    const runDir = emptyFolder()
    writeFileSync(join(runDir, 'thesis.txt'), '')
    expect(() => createRunFolder({ ...RUN, runDir })).toThrow(UsageError)
    expect(() => createRunFolder({ ...RUN, runDir })).toThrow(
      `--run-dir "${runDir}" exists and is not empty, and no run is ever overwritten`,
    )
    expect(readdirSync(runDir)).toEqual(['thesis.txt'])
    expect(() => createRunFolder({ ...RUN, runDir: join(runDir, 'thesis.txt') })).toThrow('exists and is a file')
  })

  test('a place that cannot be written: path and reason', () => {
    const file = join(emptyFolder(), 'file')
    writeFileSync(file, '')
    const runsDir = join(file, 'runs')
    expect(() => createRunFolder({ ...RUN, runsDir })).toThrow(RunError)
    expect(() => createRunFolder({ ...RUN, runsDir })).toThrow(`cannot create "${runsDir}": not a directory (ENOTDIR)`)
    expect(() => createRunFolder({ ...RUN, runDir: join(file, 'run') })).toThrow(`cannot create "${file}": file already exists (EEXIST)`)
  })

  test('NUL is no part of a path', () => {
    expect(() => createRunFolder({ ...RUN, runDir: 'a\0b' })).toThrow('it holds a NUL character')
    expect(() => createRunFolder({ ...RUN, runsDir: 'a\0b' })).toThrow('it holds a NUL character')
  })
})

describe('findRun', () => {
  test('latest is the run that started last, by its manifest, not by name or date of the folder', () => {
    const runsDir = emptyFolder()
    madeRun(runsDir, 5, 'Acrobot-v1')
    const last = madeRun(runsDir, 9, 'Blackjack-v1')
    madeRun(runsDir, 1, 'Taxi-v3')
    mkdirSync(join(runsDir, 'no-run'))
    mkdirSync(join(runsDir, 'broken'))
    writeFileSync(join(runsDir, 'broken', 'manifest.json'), '{"half":')
    expect(findRun(runsDir, 'latest').path).toBe(last.path)
    expect(listRuns(runsDir).map(({ name }) => name.split('__')[0])).toEqual(['Taxi-v3', 'Acrobot-v1', 'Blackjack-v1'])
  })

  test('by name, and by path', () => {
    const runsDir = emptyFolder()
    const made = madeRun(runsDir, 0)
    expect(findRun(runsDir, made.name).path).toBe(made.path)
    expect(findRun('elsewhere', made.path).path).toBe(made.path)
  })

  test.each([
    ['CartPole-v1__ppo__8__20260102-030405', 'Did you mean "CartPole-v1__ppo__7__20260102-030405"?'],
    ['..', 'is no run folder: expected manifest.json in it'],
    ['../outside', 'is no run folder: expected manifest.json in it'],
    ['a\0b', 'it holds a NUL character'],
  ])('%j is no run', (which, message) => {
    const runsDir = emptyFolder()
    madeRun(runsDir, 0)
    expect(() => findRun(runsDir, which)).toThrow(UsageError)
    expect(() => findRun(runsDir, which)).toThrow(message)
  })

  test('no runs yet', () => {
    const runsDir = join(emptyFolder(), 'runs')
    expect(() => findRun(runsDir, 'latest')).toThrow(`there is no run in "${runsDir}" yet`)
  })
})

describe('openRunFolder', () => {
  test('reading takes no lock; writing does', () => {
    const made = madeRun(emptyFolder(), 0)
    openRunFolder(made.path)
    expect(existsSync(made.files.lock)).toBe(false)
    const writing = openRunFolder(made.path, { now: NOW })
    expect(() => openRunFolder(made.path, { now: NOW })).toThrow('has been writing to this folder')
    openRunFolder(made.path)
    writing.release()
    openRunFolder(made.path, { now: NOW }).release()
  })
})

describe('inside', () => {
  test.each(['', '.', '..', 'a/b', 'a\\b', '/etc/passwd', '../x', 'a\0b'])('%j is no name', (name) => {
    expect(() => inside(emptyFolder(), name)).toThrow(UsageError)
  })

  test('a link that leads out is refused, one that stays inside is not', () => {
    const root = emptyFolder()
    symlinkSync(emptyFolder(), join(root, 'out'))
    expect(() => inside(root, 'out')).toThrow('leads out of')
    mkdirSync(join(root, 'real'))
    symlinkSync(join(root, 'real'), join(root, 'in'))
    expect(inside(root, 'in')).toBe(join(root, 'in'))
  })
})

test('isoTime is UTC', () => {
  expect(isoTime(NOW)).toBe('2026-01-02T03:04:05.000Z')
})
