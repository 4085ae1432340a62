/** A device that goes away in the middle of a run: the run ends, says why, keeps its last checkpoint, and goes on from it. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type * as Backends from '../../src/backend/backends.js'
import { RunError } from '../../src/core/errors.js'
import { cli } from '../support/cli.js'

const device = vi.hoisted(() => ({ asked: 0, lostAfter: Number.POSITIVE_INFINITY }))

vi.mock('../../src/backend/backends.js', async (importOriginal) => {
  const original = await importOriginal<typeof Backends>()
  return {
    ...original,
    selectBackend: async (...given: Parameters<typeof original.selectBackend>) => ({
      ...(await original.selectBackend(...given)),
      asynchronous: true,
      check: () => {
        device.asked++
        if (device.asked > device.lostAfter) throw new RunError('the WebGPU device was lost (unknown): the driver was reset')
      },
    }),
  }
})

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tau-rl-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const train = (name: string, ...flags: string[]) => cli(['train', ...flags, '--no-tui', '--quiet', '--run-dir', join(folder, name)])
const RUN = ['--env', 'CartPole', '--backend', 'cpu', '--num-envs', '2', '--set', 'learn.rolloutSteps=32', '--total-steps', '640']

test('the run ends with its last checkpoint, and goes on from there', async () => {
  Object.assign(device, { asked: 0, lostAfter: 5 })
  const { code, stderr } = await train('lost', ...RUN, '--checkpoint-every', '128')
  expect(code).toBe(1)
  expect(stderr).toContain('the WebGPU device was lost (unknown): the driver was reset')
  expect(stderr).toContain('The last checkpoint is of step 256. Go on with: tau-rl train --resume')
  expect(readdirSync(join(folder, 'lost', 'checkpoints'))).toHaveLength(2)
  expect(JSON.parse(readFileSync(join(folder, 'lost', 'manifest.json'), 'utf8'))).toMatchObject({ status: 'failed' })

  device.lostAfter = Number.POSITIVE_INFINITY
  const again = await cli(['train', '--no-tui', '--quiet', '--resume', join(folder, 'lost')])
  expect([again.code, again.stderr]).toEqual([0, ''])
})

test('without a checkpoint it says so', async () => {
  Object.assign(device, { asked: 0, lostAfter: 0 })
  const { code, stderr } = await train('early', ...RUN)
  expect(code).toBe(1)
  expect(stderr).toContain('There is no checkpoint yet to go on from.')
})
