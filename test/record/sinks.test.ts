/** Each sink: the laws of all sinks, then what its own file says. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { CATALOG } from '../../src/core/catalog.js'
import type { CheckpointReady } from '../../src/core/events.js'
import { findCheckpoint } from '../../src/record/checkpoint-file.js'
import { newManifest, readManifest } from '../../src/record/manifest.js'
import { readResult } from '../../src/record/result.js'
import { runFiles } from '../../src/record/run-folder.js'
import { checkpoints, removeLaterCheckpoints } from '../../src/record/sinks/checkpoints.js'
import { episodesJsonl } from '../../src/record/sinks/episodes-jsonl.js'
import { metricsJsonl } from '../../src/record/sinks/metrics-jsonl.js'
import { progressCsv } from '../../src/record/sinks/progress-csv.js'
import { recordings } from '../../src/record/sinks/recordings.js'
import type { Sink } from '../../src/record/sinks/sink.js'
import { summary } from '../../src/record/sinks/summary.js'
import { tensorboard } from '../../src/record/sinks/tensorboard.js'
import { sinkSuite } from '../suites/sink.js'
import { emptyFolder } from './support/folders.js'
import { NOW, sampleBundle, sampleEvents, sampleMetrics, sampleResult, tickingClock } from './support/samples.js'
import { readTfevents } from './support/tfevents-reader.js'

const manifest = newManifest({ argv: [], versions: {}, now: NOW })
const logs = () => ({ metrics: 0, episodes: 0 })

sinkSuite('metrics.jsonl', { kind: 'appends', open: (folder, options) => metricsJsonl(join(folder, 'metrics.jsonl'), 0, options) })
sinkSuite('episodes.jsonl', { kind: 'appends', open: (folder, options) => episodesJsonl(join(folder, 'episodes.jsonl'), 0, options) })
sinkSuite('progress.csv', { kind: 'appends', open: (folder, options) => progressCsv(join(folder, 'progress.csv'), [], options) })
sinkSuite('TensorBoard', { kind: 'appends', open: tensorboard })
sinkSuite('recordings', { kind: 'replaces', open: recordings })
sinkSuite('checkpoints', { kind: 'replaces', open: (folder, options) => checkpoints(folder, { ...options, logs }) })
sinkSuite('manifest and result', { kind: 'replaces', open: (folder, options) => summary(runFiles(folder), manifest, options) })

async function feed(sink: Sink): Promise<void> {
  for (const event of sampleEvents()) await sink.handle(event)
  await sink.close()
}

test('metrics.jsonl: one object per update and evaluation', async () => {
  const path = join(emptyFolder(), 'metrics.jsonl')
  await feed(metricsJsonl(path, 0))
  const rows = readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(rows).toEqual([
    ...[1, 2, 3].map((update) => ({ step: update * 100, update, ...sampleMetrics(update) })),
    { step: 300, evaluation: true, returns: [29, 31], lengths: [29, 31], 'eval/mean_reward': 30, 'eval/std_reward': 1 },
  ])
})

test('episodes.jsonl: one object per episode', async () => {
  const path = join(emptyFolder(), 'episodes.jsonl')
  await feed(episodesJsonl(path, 0))
  const first = readFileSync(path, 'utf8').split('\n')[0]
  expect(first).toBe('{"step":60,"episode":1,"env":1,"return":21.5,"length":20,"end":"terminated"}')
})

describe('progress.csv', () => {
  const table = (path: string) => {
    const [header, ...rows] = readFileSync(path, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => line.split(','))
    return rows.map((row) => {
      expect(row).toHaveLength(header!.length)
      return Object.fromEntries(header!.map((name, i) => [name, row[i]!]))
    })
  }

  test('columns are those of the catalog, then layers and groups; the same in every run', async () => {
    const path = join(emptyFolder(), 'progress.csv')
    await feed(progressCsv(path))
    const header = readFileSync(path, 'utf8').split('\n')[0]!.split(',')
    expect(header).toEqual(['step', 'update', ...Object.keys(CATALOG), 'grad/layer/actor/hidden-0/norm_pre'])
    const rows = table(path)
    expect(rows.map(({ step, update }) => [step, update])).toEqual([
      ['100', '1'],
      ['200', '2'],
      ['300', '3'],
      ['300', ''],
    ])
    expect(rows[0]).toMatchObject({ 'rollout/ep_rew_mean': '', 'train/loss': '1', 'grad/tau': '' })
    expect(rows[2]!['train/loss']).toBe(String(1 / 3))
    expect(rows[3]!['eval/mean_reward']).toBe('30')
  })

  test('a metric that appears late widens the table and moves no number', () => {
    const path = join(emptyFolder(), 'progress.csv')
    const sink = progressCsv(path)
    const update = (n: number, metrics: Record<string, number>) => sink.handle({ kind: 'update', step: n, update: n, metrics })
    update(1, { 'train/loss': 0.5, 'grad/group/b/tau': 1 })
    update(2, { 'train/loss': 0.25, 'grad/group/a/tau': 3, 'grad/group/b/tau': 2 })
    update(3, { 'odd, "name"': 7 })
    const text = readFileSync(path, 'utf8').trimEnd().split('\n')
    expect(text[0]).toMatch(/,grad\/group\/b\/tau,grad\/group\/a\/tau,"odd, ""name"""$/)
    const tails = text.slice(1).map((line) => line.split(',').slice(-3))
    expect(tails).toEqual([
      ['1', '', ''],
      ['2', '3', ''],
      ['', '', '7'],
    ])
    expect(readdirSync(join(path, '..'))).toEqual(['progress.csv'])
  })

  test('a run that goes on begins with its earlier rows', () => {
    const path = join(emptyFolder(), 'progress.csv')
    writeFileSync(path, 'something from before')
    const sink = progressCsv(path, [{ step: 5, update: 1, metrics: { 'train/loss': 2 } }])
    sink.handle({ kind: 'update', step: 10, update: 2, metrics: { 'train/loss': 1 } })
    expect(table(path).map((row) => [row['step'], row['train/loss']])).toEqual([
      ['5', '2'],
      ['10', '1'],
    ])
  })
})

describe('TensorBoard', () => {
  test('every metric that has a number, by step; read back with checksums', async () => {
    const folder = emptyFolder()
    await feed(tensorboard(folder, { now: tickingClock() }))
    const [name] = readdirSync(folder)
    expect(name).toMatch(/^events\.out\.tfevents\.1767323045\.[A-Za-z0-9.-]+\.\d+\.0$/)
    const events = readTfevents(readFileSync(join(folder, name!)))
    expect(events.map(({ step }) => step)).toEqual([0, 100, 200, 300, 300])
    expect(events[0]!.version).toBe('brain.Event:2')
    expect(events[1]!.scalars).toEqual({
      'time/total_timesteps': 100,
      'train/loss': 1,
      'grad/layer/actor/hidden-0/norm_pre': Math.fround(0.1),
    })
    expect(events[4]!.scalars).toEqual({ 'eval/mean_reward': 30, 'eval/std_reward': 1 })
  })

  test('a run that goes on gets a further file that says where', async () => {
    const folder = emptyFolder()
    await tensorboard(folder, { now: () => NOW }).close()
    await tensorboard(folder, { now: () => NOW, resumeAfter: 200 }).close()
    const files = readdirSync(folder).sort()
    expect(files).toHaveLength(2)
    expect(readTfevents(readFileSync(join(folder, files[1]!)))[1]).toMatchObject({ sessionStart: true, step: 201 })
  })
})

describe('checkpoints', () => {
  const ready = (step: number, reason: CheckpointReady['reason'] = 'periodic'): CheckpointReady => {
    return { kind: 'checkpoint', step, update: step / 10, reason, snapshot: sampleBundle() }
  }

  test('keeps the newest few, the best and the final one', () => {
    const folder = emptyFolder()
    const sink = checkpoints(folder, { logs, keep: 2 })
    for (const step of [10, 20, 30]) sink.handle(ready(step))
    sink.handle(ready(20, 'best'))
    sink.handle(ready(35, 'interrupted'))
    sink.handle(ready(40, 'final'))
    expect(readdirSync(folder).sort()).toEqual(['best.ckpt', 'final.ckpt', 'step-000000030.ckpt', 'step-000000035.ckpt'])
  })

  test('newest is by number even when the number outgrows the name', () => {
    const folder = emptyFolder()
    const sink = checkpoints(folder, { logs, keep: 2 })
    for (const step of [999_999_990, 1_000_000_000, 1_000_000_010]) sink.handle(ready(step))
    expect(readdirSync(folder).sort()).toEqual(['step-1000000000.ckpt', 'step-1000000010.ckpt'])
  })

  test('weights that are not finite are never kept, and the old file stays', () => {
    const folder = emptyFolder()
    const sink = checkpoints(folder, { logs })
    sink.handle(ready(10, 'final'))
    const before = readFileSync(join(folder, 'final.ckpt'))
    const poisoned = { header: {}, arrays: { weights: Float32Array.from([1, Number.NaN]) } }
    expect(() => sink.handle({ ...ready(20, 'final'), snapshot: poisoned })).toThrow('expected finite numbers, found NaN in "weights" at 1')
    expect(readFileSync(join(folder, 'final.ckpt'))).toEqual(before)
  })

  test('going back to a step removes what came after it', () => {
    const path = emptyFolder()
    const files = runFiles(path)
    mkdirSync(files.checkpoints)
    const sink = checkpoints(files.checkpoints, { logs })
    for (const step of [10, 20, 30]) sink.handle(ready(step))
    sink.handle(ready(40, 'final'))
    writeFileSync(join(files.checkpoints, 'step-000000099.ckpt'), 'damaged')
    expect(removeLaterCheckpoints(files.checkpoints, 20)).toEqual(['final.ckpt', 'step-000000030.ckpt'])
    expect(findCheckpoint({ path, files }).checkpoint.step).toBe(20)
  })
})

describe('manifest and result', () => {
  test('tell the course of the run', async () => {
    const files = runFiles(emptyFolder())
    const sink = summary(files, manifest, { now: () => NOW + 5000 })
    expect(readManifest({ files })).toMatchObject({ status: 'running', run: null, end: null })
    await feed(sink)
    expect(readManifest({ files })).toMatchObject({
      status: 'done',
      end: '2026-01-02T03:04:10.000Z',
      run: { env: 'Drift-v0', totalSteps: 300, solvedAt: 475 },
      warnings: [{ step: 300, message: 'something to know' }],
    })
    expect(readResult({ files })).toEqual(sampleResult)
  })

  test('a run without an end has failed, and says why', async () => {
    const files = runFiles(emptyFolder())
    const sink = summary(files, manifest, { now: () => NOW })
    sink.fail('environment 3 returned NaN')
    await sink.close()
    expect(readManifest({ files })).toMatchObject({
      status: 'failed',
      error: 'environment 3 returned NaN',
      end: '2026-01-02T03:04:05.000Z',
    })
  })

  test('warnings without end do not fill the file', () => {
    const files = runFiles(emptyFolder())
    const sink = summary(files, manifest, { now: () => NOW })
    for (let i = 0; i < 150; i++) sink.handle({ kind: 'warning', step: i, message: 'again' })
    expect(readManifest({ files }).warnings).toHaveLength(100)
  })
})
