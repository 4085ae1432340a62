import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readRun } from '../../src/compare/read-run.js'
import { readCheckpoint } from '../../src/record/checkpoint-file.js'
import { runFiles } from '../../src/record/run-folder.js'
import { cli } from '../support/cli.js'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tau-rl-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const SMALL = ['--env', 'CartPole', '--total-steps', '2048', '--record-every', '20', '--set', 'learn.epochs=2', '--eval-episodes', '3']
const run = (name: string, ...flags: string[]) => cli(['train', ...SMALL, '--run-dir', join(folder, name), ...flags])

/** Rows without what the clock measured. */
const rows = (file: string) =>
  readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) =>
      Object.fromEntries(
        Object.entries(JSON.parse(line)).filter(
          ([key]) => !['time/fps', 'time/time_elapsed', 'time/rollout_seconds', 'time/update_seconds'].includes(key),
        ),
      ),
    )

describe('train', () => {
  test('leaves a run folder that eval, replay and compare can read', async () => {
    const { code, stdout } = await run('one')
    expect(code).toBe(0)
    expect(stdout).toContain('rollout/')
    expect(stdout).not.toContain('\u001b')
    const path = join(folder, 'one')
    expect(readRun({ files: runFiles(path) }).result).toMatchObject({ status: 'done', steps: 2048, seed: 1, backend: 'fused' })

    const evaluated = await cli(['eval', path, '--episodes', '3', '--json'])
    expect(evaluated.code).toBe(0)
    const { returns } = JSON.parse(evaluated.stdout)
    expect(returns).toHaveLength(3)
    // the same policy on the same starts as at the end of training
    const result = JSON.parse(readFileSync(join(path, 'result.json'), 'utf8'))
    expect(returns.reduce((sum: number, value: number) => sum + value, 0) / 3).toBeCloseTo(result.evalReturnMean, 9)

    for (const episode of readdirSync(join(path, 'episodes'))) {
      const { code: same, stdout: verdict } = await cli(['replay', join(path, 'episodes', episode), '--verify'])
      expect(verdict).toContain('the same bit for bit')
      expect(same).toBe(0)
    }
    expect((await cli(['replay', path])).stdout).toContain('action')
  })

  test('two runs with the same seed leave the same metrics, weights and recordings', async () => {
    await run('a')
    await run('b', '--quiet')
    for (const file of ['metrics.jsonl', 'episodes.jsonl']) expect(rows(join(folder, 'b', file))).toEqual(rows(join(folder, 'a', file)))
    const weights = (name: string) => readCheckpoint(join(folder, name, 'checkpoints', 'final.ckpt')).snapshot
    expect(weights('b')).toEqual(weights('a'))
    const recordings = readdirSync(join(folder, 'a', 'episodes'))
    expect(readdirSync(join(folder, 'b', 'episodes'))).toEqual(recordings)
    for (const name of recordings)
      expect(readFileSync(join(folder, 'b', 'episodes', name))).toEqual(readFileSync(join(folder, 'a', 'episodes', name)))
  })

  test('stopped and resumed, a run leaves the files of one that was never stopped', async () => {
    await run('straight')
    await run('halves', '--stop-at', '1024')
    const { code, stderr } = await cli(['train', '--resume', join(folder, 'halves'), '--quiet'])
    expect(stderr).toBe('')
    expect(code).toBe(0)
    const updates = (name: string) =>
      rows(join(folder, name, 'metrics.jsonl')).filter((row) => row['update'] !== undefined && !row['evaluation'])
    expect(updates('halves')).toEqual(updates('straight'))
    expect(rows(join(folder, 'halves', 'episodes.jsonl'))).toEqual(rows(join(folder, 'straight', 'episodes.jsonl')))
    const weights = (name: string) => readCheckpoint(join(folder, name, 'checkpoints', 'final.ckpt')).snapshot.arrays
    expect(weights('halves')).toEqual(weights('straight'))
    expect((await cli(['train', '--resume', join(folder, 'halves')])).stderr).toContain('is finished')
  })

  test('the configuration that it wrote makes the same run again', async () => {
    await run('first', '--clip', 'global-norm:tau=0.7')
    await cli(['train', '--config', join(folder, 'first', 'config.yaml'), '--run-dir', join(folder, 'again'), '--quiet'])
    expect(rows(join(folder, 'again', 'metrics.jsonl'))).toEqual(rows(join(folder, 'first', 'metrics.jsonl')))
  })

  test('JSON lines are JSON, one event a line', async () => {
    const { stdout } = await run('json', '--log-format', 'json')
    const events = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(events[0]).toMatchObject({ event: 'run-started', env: 'CartPole-v1' })
    expect(events.at(-1)).toMatchObject({ event: 'run-ended' })
  })
})
