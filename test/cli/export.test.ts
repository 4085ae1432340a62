import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { exportFormats } from '../../src/export/formats.js'
import { cli } from '../support/cli.js'
import { matrix, readOnnx } from '../support/onnx-run.js'

let folder = ''
let run = ''
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tau-rl-'))
  run = join(folder, 'runs', 'mine')
  const { code, stderr } = await cli(
    ['train', '--env', 'CartPole', '--total-steps', '256', '--num-envs', '4', '--run-dir', run, '--eval-episodes', '1', '--quiet'].concat([
      '--set',
      'learn.rolloutSteps=32',
      '--set',
      'network.hidden=[8]',
      '--backend',
      'cpu',
    ]),
  )
  expect(`${code} ${stderr}`).toMatch(/^0 /)
})
afterAll(() => rmSync(folder, { recursive: true }))

const exportRun = (...flags: string[]) => cli(['export', ...flags, '--runs-dir', join(folder, 'runs')])

test.each(exportFormats().map(({ name, extension }) => [name, extension] as const))('%s, in the run folder', async (name, extension) => {
  const { code, stdout, stderr } = await exportRun('mine', '--format', name)
  const at = join(run, `policy${extension ?? `-${name}`}`)
  expect([code, stderr]).toEqual([0, ''])
  expect(stdout).toMatch(new RegExp(`^mine, step 256: CartPole-v1 policy as ${name}, \\d+ bytes\n`))
  expect(stdout).toContain(at)
  expect(existsSync(at)).toBe(true)
  if (extension === null) expect(readdirSync(at).sort()).toEqual(['model.json', 'weights.bin'])
})

test('by the ending of --out, twice, of the best checkpoint', async () => {
  const out = join(folder, 'mine.onnx')
  for (let i = 0; i < 2; i++) expect((await exportRun('--out', out, '--checkpoint', 'best')).code).toBe(0)
  const { action } = readOnnx(readFileSync(out)).run({ observations: matrix([0, 0, 0.1, 0], 1) })
  expect([0, 1]).toContain(action!.data[0])
})

describe('refused with exit code 2', () => {
  test.each([
    ['a format that nobody knows', () => ['mine', '--format', 'onx'], ['"onx"', 'onnx, safetensors, tfjs', 'Did you mean "onnx"?']],
    ['an ending that says nothing', () => ['mine', '--out', 'policy.bin'], ['--format is required', 'policy.bin', 'safetensors']],
    ['a run that is not there', () => ['nine', '--format', 'onnx'], ['nine']],
    ['a folder where a file belongs', () => ['mine', '--format', 'onnx', '--out', join(folder, 'there')], ['expected a file for onnx']],
    ['a file where a folder belongs', () => ['mine', '--format', 'tfjs', '--out', join(folder, 'file')], ['expected a folder for tfjs']],
    ['a folder that is missing', () => ['mine', '--out', join(folder, 'no', 'p.onnx')], ['does not exist']],
  ])('%s', async (_what, flags, said) => {
    mkdirSync(join(folder, 'there'), { recursive: true })
    writeFileSync(join(folder, 'file'), '')
    const { code, stderr, stdout } = await exportRun(...flags())
    for (const part of said) expect(stderr).toContain(part)
    expect(stderr).not.toContain('    at ')
    expect([code, stdout]).toEqual([2, ''])
  })
})
