/** `--threads`: the same run to the bit, from sources and as built; a process that ends when its run does. */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bestBuild } from '../../src/kernels/load.js'
import { readCheckpoint } from '../../src/record/checkpoint-file.js'
import { type Built, builtPackage } from '../support/built.js'
import { cli } from '../support/cli.js'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const SOURCE = ['--import', 'tsx', join(ROOT, 'src/cli/main.ts')]
const MINUTE = 60_000
let folder = ''
let built: Built
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tau-rl-'))
  built = builtPackage()
}, MINUTE)
afterAll(() => {
  rmSync(folder, { recursive: true })
  built.remove()
})

const flags = (name: string, threads: string, steps: number) =>
  `train --env CartPole --num-envs 4 --set learn.rolloutSteps=64 --eval-episodes 1 --quiet --total-steps ${steps} --threads ${threads}`
    .split(' ')
    .concat('--run-dir', join(folder, name))

const metrics = (name: string) => readFileSync(join(folder, name, 'metrics.jsonl'), 'utf8').replace(/"time\/\w+":[^,}]+/g, '"time"')
const weights = (name: string) => readCheckpoint(join(folder, name, 'checkpoints', 'final.ckpt')).snapshot.arrays
const computing = (name: string): string => JSON.parse(readFileSync(join(folder, name, 'manifest.json'), 'utf8')).run.computing

test.skipIf(bestBuild() === null)(
  'one, two and auto leave the same run, and say which they are',
  () => {
    const mains = { one: [join(built.folder, 'src/cli/main.js')], two: [join(built.folder, 'src/cli/main.js')], sources: SOURCE }
    for (const [name, threads] of [
      ['one', '1'],
      ['two', '2'],
      ['sources', 'auto'],
    ] as const) {
      const { status, stderr } = spawnSync(process.execPath, [...mains[name], ...flags(name, threads, 20_480)], {
        cwd: ROOT,
        encoding: 'utf8',
        timeout: MINUTE,
      })
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
      expect(metrics(name)).toBe(metrics('one'))
      expect(weights(name)).toEqual(weights('one'))
    }
    expect(computing('one')).toMatch(/; one thread: asked for$/)
    expect(computing('two')).toMatch(/; two threads: asked for$/)
    expect(computing('sources')).toMatch(/; one thread( or two, whichever is faster|: one core)$/)
  },
  3 * MINUTE,
)

test(
  'a stopped run goes on with another number of threads',
  async () => {
    expect(await cli([...flags('stopped', '2', 4096), '--stop-at', '2048'])).toMatchObject({ code: 0, stderr: '' })
    expect(await cli(['train', '--resume', join(folder, 'stopped'), '--threads', '1', '--stop-at', '4096', '--quiet'])).toMatchObject({
      code: 0,
    })
    expect(await cli(flags('whole', '1', 4096))).toMatchObject({ code: 0 })
    expect(weights('stopped')).toEqual(weights('whole'))
  },
  MINUTE,
)

test(
  'Ctrl-C ends it as it ends any run',
  async () => {
    const child = spawn(process.execPath, [join(built.folder, 'src/cli/main.js'), ...flags('broken-off', '2', 100_000_000)], { cwd: ROOT })
    const code = new Promise((resolve) => child.once('exit', resolve))
    while (!existsSync(join(folder, 'broken-off', 'metrics.jsonl')) && child.exitCode === null)
      await new Promise((resolve) => setTimeout(resolve, 50))
    await new Promise((resolve) => setTimeout(resolve, 500))
    child.kill('SIGINT')
    expect(await code).toBe(130)
    expect(readdirSync(join(folder, 'broken-off', 'checkpoints'))).not.toEqual([])
  },
  MINUTE,
)

test('another number is refused', async () => {
  const { code, stderr } = await cli(flags('three', '3', 1000))
  expect(code).toBe(2)
  expect(stderr).toMatch(/--threads.*auto, 1, 2/)
})
