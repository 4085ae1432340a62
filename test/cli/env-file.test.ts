/** The worked example, as a newcomer would run it: in a process of its own, from the repository's root. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { cli } from '../support/cli.js'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const EXAMPLE = './examples/my-env.ts'
let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tau-rl-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

function run(script: string, ...flags: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', `scripts/${script}.ts`, ...flags], {
    cwd: ROOT,
    encoding: 'utf8',
  })
  return { code: status, stdout, stderr }
}

test('the example environment passes the checker, trains, is evaluated and replayed', () => {
  const checked = run('check-env', '--env', EXAMPLE)
  expect(checked.stdout).not.toMatch(/error:|warning:/)
  expect(checked.code).toBe(0)
  const trained = run('train', '--env', EXAMPLE, '--total-steps', '4096', '--quiet', '--run-dir', join(folder, 'run'))
  expect(trained.stderr).toBe('')
  expect(trained.code).toBe(0)
  expect(JSON.parse(readFileSync(join(folder, 'run', 'result.json'), 'utf8')).steps).toBe(4096)
  expect(run('eval', join(folder, 'run'), '--episodes', '2').stdout).toContain('River-v0')
  expect(run('replay', join(folder, 'run'), '--verify').stdout).toContain('the same bit for bit')
})

test('its options come from the command line, and one that makes no sense is refused', async () => {
  const short = ['--total-steps', '256', '--set', 'learn.rolloutSteps=32', '--eval-episodes', '2', '--quiet', '--run-dir']
  const strong = await cli(['train', '--env', EXAMPLE, '--set', 'envOptions.current=3', ...short, join(folder, 'strong')])
  expect(`${strong.code} ${strong.stderr}`).toBe('0 ')
  const meanLength = (run: string) => JSON.parse(readFileSync(join(folder, run, 'result.json'), 'utf8')).meanReturn100 as number
  const still = await cli(['train', '--env', EXAMPLE, '--set', 'envOptions.current=0', ...short, join(folder, 'still')])
  expect(`${still.code} ${still.stderr}`).toBe('0 ')
  expect(meanLength('strong')).toBeLessThan(meanLength('still'))
  const { code, stderr } = await cli(['train', '--env', EXAMPLE, '--set', 'envOptions.current=-1', ...short, join(folder, 'none')])
  expect(stderr).toContain('envOptions: River: current must be a number of at least 0, got -1')
  expect(code).toBe(2)
})

test.each([
  ['no such file', null, 'no such file'],
  ['a file that exports nothing', 'export const x = 1', 'expected a default export'],
  ['a file that does not parse', 'export default {', 'cannot be imported'],
  ['a name that is taken', "export default { id: 'CartPole-v1', env: () => null }", 'another environment'],
])('%s is refused', async (name, text, said) => {
  const file = join(folder, `${name.replaceAll(' ', '-')}.mjs`)
  if (text !== null) writeFileSync(file, text)
  const { code, stderr } = await cli(['train', '--env', file])
  expect(stderr).toContain(said)
  expect(code).toBe(2)
})
