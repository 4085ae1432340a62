import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { UsageError } from '../../src/core/errors.js'
import { writeBundle } from '../../src/record/bundle-file.js'
import { type Checkpoint, findCheckpoint, readCheckpoint, writeCheckpoint } from '../../src/record/checkpoint-file.js'
import { runFiles } from '../../src/record/run-folder.js'
import { oneLineError } from './support/errors.js'
import { emptyFolder } from './support/folders.js'
import { sampleBundle } from './support/samples.js'

function runWith(...checkpoints: Partial<Checkpoint>[]) {
  const path = emptyFolder()
  const files = runFiles(path)
  mkdirSync(files.checkpoints)
  for (const changes of checkpoints) {
    const whole = {
      step: 10,
      update: 1,
      reason: 'periodic' as const,
      logs: { metrics: 3, episodes: 4 },
      snapshot: sampleBundle(),
      ...changes,
    }
    writeCheckpoint(files.checkpoints, whole)
  }
  return { path, files, root: files.checkpoints }
}

describe('checkpoint file', () => {
  test('comes back equal', () => {
    const { root } = runWith({ step: 2048, update: 2, reason: 'final', logs: { metrics: 123, episodes: 45 } })
    expect(readCheckpoint(join(root, 'final.ckpt'))).toEqual({
      path: join(root, 'final.ckpt'),
      step: 2048,
      update: 2,
      reason: 'final',
      logs: { metrics: 123, episodes: 45 },
      snapshot: sampleBundle(),
    })
  })

  test('another bundle is no checkpoint', () => {
    const path = join(emptyFolder(), 'x.ckpt')
    writeBundle(path, { header: { kind: 'something else' }, arrays: {} })
    expect(oneLineError(() => readCheckpoint(path), path).message).toContain('expected a checkpoint')
  })

  test('numbers that are not finite are refused when reading, too', () => {
    const path = join(emptyFolder(), 'x.ckpt')
    const header = { kind: 'tau-rl checkpoint', step: 1, update: 1, reason: 'final', logs: { metrics: 0, episodes: 0 }, snapshot: {} }
    writeBundle(path, { header, arrays: { w: Float32Array.from([0, Number.POSITIVE_INFINITY]) } })
    expect(oneLineError(() => readCheckpoint(path), path).message).toContain('found Infinity in "w" at 1')
  })
})

describe('findCheckpoint', () => {
  test('latest has the most steps, whatever its name; at equal steps it is the final one', () => {
    const best = runWith({ step: 20 }, { step: 30, reason: 'best' })
    expect(findCheckpoint(best).checkpoint).toMatchObject({ step: 30, reason: 'best' })
    const final = runWith({ step: 30, reason: 'best' }, { step: 30, reason: 'final' }, { step: 30 })
    expect(findCheckpoint(final).checkpoint.reason).toBe('final')
  })

  test('a damaged file is passed over with a warning, and a temporary is never looked at', () => {
    const run = runWith({ step: 10 }, { step: 20 })
    const newest = join(run.root, 'step-000000020.ckpt')
    writeFileSync(newest, readFileSync(newest).subarray(0, 100))
    writeFileSync(join(run.root, '.final.ckpt.1-0.tmp'), 'half')
    const { checkpoint, warnings } = findCheckpoint(run)
    expect(checkpoint.step).toBe(10)
    expect(warnings).toHaveLength(1)
    expect(warnings[0]).toContain(newest)
  })

  test('when none can be read, that is an error and no new beginning', () => {
    const run = runWith()
    writeFileSync(join(run.root, 'final.ckpt'), 'damaged')
    expect(oneLineError(() => findCheckpoint(run), run.root).message).toContain('can be read')
    expect(() => findCheckpoint(run, 'final')).toThrow('at least 64 bytes')
  })

  test('by name, with near names for a wrong one', () => {
    const run = runWith({ step: 10 }, { step: 20, reason: 'best' })
    expect(findCheckpoint(run, 'best').checkpoint.step).toBe(20)
    expect(findCheckpoint(run, 'step-000000010.ckpt').checkpoint.step).toBe(10)
    expect(() => findCheckpoint(run, 'beast')).toThrow('Did you mean "best.ckpt"')
  })

  test.each(['../secret', '..', '/etc/passwd', 'a\0b'])('%j leads nowhere', (which) => {
    const run = runWith({})
    writeFileSync(join(run.path, 'secret.ckpt'), '')
    expect(() => findCheckpoint(run, which)).toThrow(UsageError)
  })

  test('a link out of the folder is not followed', () => {
    const run = runWith({})
    const elsewhere = runWith({ reason: 'final' })
    symlinkSync(join(elsewhere.root, 'final.ckpt'), join(run.root, 'linked.ckpt'))
    expect(() => findCheckpoint(run, 'linked')).toThrow('leads out of')
    expect(readdirSync(elsewhere.root)).toEqual(['final.ckpt'])
  })

  test('no checkpoints', () => {
    expect(() => findCheckpoint(runWith())).toThrow('there is no checkpoint in')
  })
})
