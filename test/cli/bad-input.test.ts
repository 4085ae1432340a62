import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { cli } from '../support/cli.js'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tau-rl-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const train = (...flags: string[]) => cli(['train', ...flags, '--runs-dir', join(folder, 'runs')])

describe('refused with exit code 2, before anything starts', () => {
  test.each([
    ['an unknown environment', ['--env', 'CartPol'], ['"CartPol"', 'CartPole']],
    ['a version that is not there', ['--env', 'CartPole-v9'], ['CartPole-v9', 'CartPole-v1']],
    ['an unknown clip', ['--env', 'CartPole', '--clip', 'global-nrom'], ['global-nrom', 'Did you mean "global-norm"?']],
    ['an unknown option of a clip', ['--env', 'CartPole', '--clip', 'global-norm:taw=1'], ['taw', 'Did you mean "tau"']],
    ['a clip option out of range', ['--env', 'CartPole', '--clip', 'global-norm:tau=-1'], ['tau', 'above 0', '-1']],
    ['an unknown flag', ['--env', 'CartPole', '--sede', '1'], ['--sede', '--seed']],
    ['an unknown preset', ['--env', 'CartPole', '--preset', 'tunned'], ['tunned', 'Did you mean "tuned"?']],
    ['an unknown algorithm', ['--env', 'CartPole', '--algo', 'ppp'], ['--algo', 'ppo, a2c', 'ppp']],
    ['an unknown setting', ['--env', 'CartPole', '--set', 'learn.gama=1'], ['learn.gama', 'Did you mean "gamma"?']],
    ['a number out of range', ['--env', 'CartPole', '--num-envs', '0'], ['--num-envs', 'at least 1', 'got 0']],
    ['a setting out of range', ['--env', 'CartPole', '--set', 'learn.gamma=1.1'], ['learn.gamma', 'at most 1', '1.1']],
    ['text where a number is needed', ['--env', 'CartPole', '--total-steps', 'many'], ['--total-steps', 'many', 'whole number']],
    ['a backend that is not there', ['--env', 'CartPole', '--backend', 'wsam'], ['wsam', 'wasm']],
    ['a file that is not there', ['--env', 'CartPole', '--config', 'nowhere.yml'], ['nowhere.yml', 'no such file']],
    ['an option that the environment does not have', ['--env', 'CartPole', '--set', 'envOptions.gravity=9'], ['gravity']],
    ['no environment', [], ['--env']],
    ['a run that is not there', ['--resume', 'latest'], ['no run']],
    ['a minibatch too small to normalise', ['--env', 'CartPole', '--set', 'learn.minibatchSize=1'], ['minibatch', 'at least 2']],
  ])('%s', async (_what, flags, said) => {
    const { code, stderr, stdout } = await train(...flags)
    for (const part of said) expect(stderr).toContain(part)
    expect(stderr).not.toContain('    at ')
    expect(stdout).toBe('')
    expect(code).toBe(2)
    expect(existsSync(join(folder, 'runs'))).toBe(false)
  })

  test('flags that npm kept for itself', async () => {
    const env = { npm_lifecycle_event: 'train', npm_config_env: 'true' }
    const { code, stderr } = await cli(['train', 'CartPole'], env)
    expect(stderr).toContain('Did you forget "--"?')
    expect(stderr).toContain('npm run train -- --env CartPole')
    expect(code).toBe(2)
  })

  test('a mistake in a file, with line and column', async () => {
    const file = join(folder, 'mine.yml')
    writeFileSync(file, 'env: CartPole\nlearn:\n  gamma: 1.5\n')
    const { code, stderr } = await train('--config', file)
    expect(stderr).toContain(`${file}:3:10: learn.gamma: expected at most 1, got 1.5.`)
    expect(code).toBe(2)
  })

  test('a folder that holds something already', async () => {
    writeFileSync(join(folder, 'precious'), 'do not touch')
    const { code, stderr } = await cli(['train', '--env', 'CartPole', '--run-dir', folder])
    expect(stderr).toContain('not empty')
    expect(code).toBe(2)
    expect(readdirSync(folder)).toContain('precious')
  })

  test('a comparison with one wrong clip among good ones', async () => {
    const { code, stderr } = await cli([
      'compare',
      '--env',
      'CartPole',
      '--clips',
      'none,agg',
      '--comparisons-dir',
      join(folder, 'comparisons'),
    ])
    expect(stderr).toContain('Did you mean "agc"?')
    expect(code).toBe(2)
    expect(existsSync(join(folder, 'comparisons'))).toBe(false)
  })
})

test('a place that cannot be written: exit code 1, with path and reason', async () => {
  writeFileSync(join(folder, 'file'), '')
  const { code, stderr } = await cli(['train', '--env', 'CartPole', '--run-dir', join(folder, 'file', 'run')])
  expect(stderr).toContain(join(folder, 'file'))
  expect(stderr).toMatch(/ENOTDIR|EEXIST/)
  expect(code).toBe(1)
})

test('help and version are no mistakes', async () => {
  expect(await cli(['--version'])).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) })
  expect((await cli(['train', '--help'])).stdout).toContain('npm run train -- --env CartPole')
})
