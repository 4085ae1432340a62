/** A whole run in its folder: written, read back, continued, and with the disk failing under it. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { runConfigSchema } from '../../src/core/config/schema.js'
import type { RunEvent } from '../../src/core/events.js'
import { findCheckpoint } from '../../src/record/checkpoint-file.js'
import { readManifest } from '../../src/record/manifest.js'
import { listRecordings, readEpisodes, readEvents, readMetrics, runState } from '../../src/record/readers.js'
import { readRecording } from '../../src/record/recording-file.js'
import { readResult } from '../../src/record/result.js'
import { createRunFolder, openRunFolder, type RunFolder } from '../../src/record/run-folder.js'
import { type RunSinksOptions, runSinks } from '../../src/record/sinks/run-sinks.js'
import { faultyDisk } from './support/faulty-disk.js'
import { contents, emptyFolder } from './support/folders.js'
import { NOW, sampleBundle, sampleEvents, sampleRecording, sampleResult, tickingClock } from './support/samples.js'
import { readTfevents } from './support/tfevents-reader.js'

const config = runConfigSchema.parse({ env: 'Drift-v0' })

function newFolder(now = NOW): RunFolder {
  return createRunFolder({ runsDir: emptyFolder(), env: 'Drift-v0', algo: 'ppo', seed: 7, now })
}

function options(changes: Partial<RunSinksOptions> = {}): RunSinksOptions {
  return { config, argv: ['train'], versions: { 'tau-rl': '0.1.0' }, now: tickingClock(), warn: () => {}, ...changes }
}

async function write(folder: RunFolder, events: readonly RunEvent[], changes: Partial<RunSinksOptions> = {}, each?: (i: number) => void) {
  const sinks = runSinks(folder, options(changes))
  for (const [i, event] of events.entries()) {
    each?.(i)
    await sinks.handle(event)
  }
  await sinks.close()
  return sinks
}

describe('a whole run', () => {
  test('leaves every file of a run folder, readable, and no lock', async () => {
    const folder = newFolder()
    const sinks = await write(folder, sampleEvents())
    expect(sinks.failures()).toEqual([])
    const names = readdirSync(folder.path).sort()
    const expected = [
      'checkpoints',
      'config.yaml',
      'episodes',
      'episodes.jsonl',
      'manifest.json',
      'metrics.jsonl',
      'progress.csv',
      'result.json',
    ]
    expect(names.filter((name) => !name.startsWith('events.out.tfevents.'))).toEqual(expected)
    expect(names).toHaveLength(9)
    expect(readMetrics(folder)).toMatchObject({
      updates: [{ update: 1 }, { update: 2 }, { update: 3 }],
      evaluations: [{ returns: [29, 31] }],
      torn: false,
    })
    expect(readEpisodes(folder).episodes.map(({ return: sum }) => sum)).toEqual([21.5, 22.5, 23.5])
    expect(readResult(folder)).toEqual(sampleResult)
    expect(findCheckpoint(folder).checkpoint.snapshot).toEqual(sampleBundle())
    expect(listRecordings(folder).map(({ path }) => readRecording(path).recording)).toEqual([sampleRecording()])
    expect(runState(folder, NOW)).toBe('done')
  })

  test('updates that follow each other fast are written together, at most 200 ms late; an evaluation writes what waits', async () => {
    const folder = newFolder()
    let time = NOW
    const sinks = runSinks(folder, options({ now: () => time }))
    const known = sampleEvents().find(({ kind }) => kind === 'update')!
    const evaluation = sampleEvents().find(({ kind }) => kind === 'evaluation')!
    const written: number[] = []
    for (const ms of [0, 100, 100, 0, 150, 50]) {
      time += ms
      await sinks.handle(known)
      written.push(readMetrics(folder).updates.length)
    }
    expect(written).toEqual([1, 1, 3, 3, 3, 6])
    await sinks.handle(known)
    await sinks.handle(evaluation)
    expect(readMetrics(folder).updates).toHaveLength(7)
    await sinks.handle(known)
    await sinks.close()
    expect(readMetrics(folder).updates).toHaveLength(8)
    const rows = readFileSync(folder.files.progress, 'utf8').trimEnd().split('\n')
    expect(rows).toHaveLength(1 + 9)
  })

  test('its events come back from the folder', async () => {
    const folder = newFolder()
    await write(folder, sampleEvents())
    const kept = sampleEvents().filter(({ kind }) => !['preview', 'checkpoint', 'recording'].includes(kind))
    expect(readEvents(folder)).toEqual(kept)
  })

  test('a run under way reads as far as it is, and one that was killed says so', async () => {
    const folder = newFolder(Date.now())
    const sinks = runSinks(folder, options())
    for (const event of sampleEvents().slice(0, 5)) await sinks.handle(event)
    expect(runState(folder, Date.now())).toBe('running')
    expect(readEvents(folder).map(({ kind }) => kind)).toEqual(['run-started', 'episode', 'update'])
    folder.release()
    expect(runState(folder, Date.now())).toBe('killed')
    await sinks.close()
    expect(runState(folder, Date.now())).toBe('failed')
  })

  test('readers leave a torn end for later, and name a row that is wrong', async () => {
    const folder = newFolder()
    await write(folder, sampleEvents())
    const bytes = readFileSync(folder.files.metrics)
    const { end } = readMetrics(folder)
    for (let cut = 0; cut < bytes.length; cut++) {
      writeFileSync(folder.files.metrics, bytes.subarray(0, cut))
      const read = readMetrics(folder)
      expect(read.torn).toBe(read.end < cut)
    }
    writeFileSync(folder.files.metrics, bytes)
    expect(readMetrics(folder, end)).toEqual({ updates: [], evaluations: [], start: end, end, torn: false })
    writeFileSync(folder.files.metrics, '{"step":1,"update":1}\n{"step":2,"update":2,"train/loss":"low"}\n')
    expect(() => readMetrics(folder)).toThrow(`${folder.files.metrics}, row 2: expected a number or null at "train/loss", found "low"`)
    writeFileSync(folder.files.episodes, '{"step":1,"episode":1,"env":0,"return":1,"length":1,"end":"both"}\n')
    expect(() => readEpisodes(folder)).toThrow(`${folder.files.episodes}, row 1: not the expected content at "end"`)
  })
})

describe('a run that goes on', () => {
  const [started, ...rest] = sampleEvents() as [RunEvent, ...RunEvent[]]
  const checkpoint: RunEvent = { kind: 'checkpoint', step: 200, update: 2, reason: 'periodic', snapshot: sampleBundle() }
  const until = rest.findIndex((event) => event.kind === 'update' && event.update === 2) + 1
  const before = [started, ...rest.slice(0, until)]
  const after = rest.slice(until).filter(({ kind }) => kind !== 'checkpoint')

  test('has the same logs as one that never stopped, though it had gone further', async () => {
    const straight = newFolder()
    await write(straight, [...before, checkpoint, ...after])

    const folder = newFolder()
    const lost = after.slice(0, 3) // an episode and an update done after the checkpoint, and then the process was killed
    const killed = runSinks(folder, options())
    for (const event of [...before, checkpoint, ...lost]) await killed.handle(event)
    folder.release()
    writeFileSync(join(folder.files.checkpoints, '.final.ckpt.1-0.tmp'), 'half a file')

    const again = openRunFolder(folder.path, { now: NOW })
    const resume = findCheckpoint(again).checkpoint
    expect(resume.step).toBe(200)
    await write(again, [{ ...started, step: 200 } as RunEvent, ...after], { resume, now: tickingClock(NOW + 60_000) })

    for (const name of ['metrics.jsonl', 'episodes.jsonl', 'progress.csv', 'result.json', 'config.yaml', 'episodes/ep-000050.rec']) {
      expect(readFileSync(join(folder.path, name), 'utf8')).toBe(readFileSync(join(straight.path, name), 'utf8'))
    }
    expect(readdirSync(folder.files.checkpoints)).toEqual(['step-000000200.ckpt'])
    expect(readManifest(again)).toMatchObject({ status: 'done', resumed: [{ step: 200 }], start: '2026-01-02T03:04:05.000Z' })
    const events = readdirSync(folder.path)
      .filter((name) => name.includes('tfevents'))
      .sort()
    expect(readTfevents(readFileSync(join(folder.path, events[1]!)))[1]).toMatchObject({ sessionStart: true, step: 201 })
  })

  test('takes down the result and the checkpoints of what it goes back behind', async () => {
    const folder = newFolder()
    const final: RunEvent = { ...checkpoint, step: 300, reason: 'final' } as RunEvent
    await write(folder, [...before, checkpoint, ...after, final])
    const again = openRunFolder(folder.path, { now: NOW })
    const told: string[] = []
    const resume = findCheckpoint(again, 'step-000000200').checkpoint
    const sinks = runSinks(again, options({ resume, warn: (message) => told.push(message) }))
    expect(told).toEqual(['removed checkpoint final.ckpt: it is later than step 200, from which the run goes on.'])
    expect(existsSync(folder.files.result)).toBe(false)
    expect(readManifest(again).status).toBe('running')
    await sinks.close()
  })
})

describe('when the disk fails', () => {
  test('before the first step, that is an error', () => {
    const disk = faultyDisk()
    disk.room = 10
    expect(() => runSinks(newFolder(), options({ disk }))).toThrow('config.yaml": no space left on device (ENOSPC)')
  })

  test('during the run, training goes on, old files stay whole, and the end says what is missing', async () => {
    const folder = newFolder()
    const disk = faultyDisk()
    const told: string[] = []
    let early: Record<string, string> = {}
    const sinks = await write(folder, sampleEvents(), { disk, warn: (message) => told.push(message) }, (i) => {
      if (i === 4) {
        early = contents(folder.path)
        disk.room = 0
      }
    })
    const missing = [
      'manifest.json',
      'result.json',
      'metrics.jsonl',
      'episodes.jsonl',
      'progress.csv',
      'checkpoints',
      'ep-000050.rec',
      'tfevents',
    ]
    for (const name of missing) expect(sinks.failures().filter((line) => line.includes(name))).toHaveLength(1)
    expect(sinks.failures()).toHaveLength(missing.length)
    expect(told).toHaveLength(missing.length)
    delete early['run.lock']
    expect(contents(folder.path)).toEqual(early)
    expect(readMetrics(folder).updates).toHaveLength(1)
  })

  test('for a while, everything is there in the end but what was a file of its own', async () => {
    const healthy = newFolder()
    await write(healthy, sampleEvents())
    const folder = newFolder()
    const disk = faultyDisk()
    const told: string[] = []
    const sinks = await write(folder, sampleEvents(), { disk, warn: (message) => told.push(message) }, (i) => {
      disk.room = i >= 3 && i < 8 ? 0 : Number.POSITIVE_INFINITY
    })
    expect(sinks.failures()).toEqual([])
    for (const name of ['metrics.jsonl', 'episodes.jsonl', 'progress.csv']) {
      expect(readFileSync(join(folder.path, name), 'utf8')).toBe(readFileSync(join(healthy.path, name), 'utf8'))
      expect(told.filter((message) => message.includes(`${name}"`) && message.includes('ENOSPC'))).toHaveLength(1)
      expect(told).toContain(`writing ${join(folder.path, name)} works again.`)
    }
  })
})
