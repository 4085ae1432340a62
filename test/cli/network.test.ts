/** Flags of networks, and networks in files, as people write them. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parse } from 'yaml'
import { cli } from '../support/cli.js'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tau-rl-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const short = [
  '--env',
  'CartPole',
  '--total-steps',
  '512',
  '--set',
  'learn.rolloutSteps=32',
  '--eval-episodes',
  '2',
  '--quiet',
  '--run-dir',
]
const network = (run: string) => parse(readFileSync(join(folder, run, 'config.yaml'), 'utf8')).network

test.each<[name: string, flags: readonly string[], expected: object]>([
  ['sizes', ['--hidden', '8,4', '--activation', 'elu'], { kind: 'mlp', hidden: [8, 4], activation: 'elu' }],
  ['no hidden layer', ['--hidden', 'none'], { hidden: [] }],
  ['a kind', ['--network', 'gru', '--set', 'network.memory=8'], { kind: 'gru', hidden: [64], memory: 8, file: null }],
  ['a file', ['--network', './examples/my-network.ts'], { file: './examples/my-network.ts' }],
])('%s', async (name, flags, expected) => {
  const { code, stderr } = await cli(['train', ...flags, ...short, join(folder, name)])
  expect(`${code} ${stderr}`).toBe('0 ')
  expect(network(name)).toMatchObject(expected)
  const evaluated = await cli(['eval', join(folder, name), '--episodes', '2'])
  expect(evaluated.stdout).toContain('2 episodes of CartPole-v1')
})

test.each<[what: string, flags: readonly string[], said: string]>([
  ['an unknown kind', ['--network', 'transformer'], '--network: expected one of mlp, cnn, lstm, gru, got "transformer"'],
  ['sizes that are none', ['--hidden', '64,big'], '--hidden 64,big: expected whole numbers with commas between, as in 64,64, or none'],
  ['an activation', ['--activation', 'swish'], '--activation: expected one of tanh, relu, elu, got "swish"'],
  ['no images', ['--network', 'cnn'], 'network.kind cnn: expected images'],
  ['the fused learner', ['--network', 'lstm', '--backend', 'fused'], 'the fused kernels know no lstm network'],
  ['no such file', ['--network', './nowhere.ts'], 'network file "./nowhere.ts": there is no such file'],
])('%s is refused with a word about it, before there is a folder', async (what, flags, said) => {
  const { code, stderr } = await cli(['train', ...flags, ...short, join(folder, what)])
  expect(stderr).toContain(said)
  expect(code).toBe(2)
})

test.each([
  ['nothing', 'export const x = 1', 'expected a default export'],
  ['something else', 'export default () => ({ model: 1 })', 'network: expected { actor, critic }, two layers models'],
  [
    'the wrong size',
    `import { layers, sequential } from '${import.meta.resolve('@tensorflow/tfjs-layers')}'
     const dense = (units) => sequential({ layers: [layers.dense({ units, inputShape: [4] })] })
     export default () => ({ actor: dense(5), critic: dense(1) })`,
    'network: actor: expected an output of [rows, 2], got [rows, 5]',
  ],
])('a file that makes %s is refused', async (name, text, said) => {
  const file = join(folder, `${name.replaceAll(' ', '-')}.mjs`)
  writeFileSync(file, text)
  const { code, stderr } = await cli(['train', '--network', file, ...short, join(folder, `${name} run`)])
  expect(stderr).toContain(said)
  expect(code).toBe(2)
})

test('a policy that cannot be exported yet says so', async () => {
  const { code, stderr } = await cli(['export', join(folder, 'a kind')])
  expect(stderr).toContain('export: network: expected a perceptron for actor and critic each, got gru')
  expect(code).toBe(2)
})
