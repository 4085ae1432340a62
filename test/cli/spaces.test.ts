/** Spaces that no policy here can read or act in are refused before anything starts, with what is supported. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Env, Info } from '../../envs/core.js'
import { register } from '../../envs/registry.js'
import { box } from '../../envs/spaces/box.js'
import { dict } from '../../envs/spaces/dict.js'
import { discrete } from '../../envs/spaces/discrete.js'
import { graph } from '../../envs/spaces/graph.js'
import { multiBinary } from '../../envs/spaces/multi-binary.js'
import { multiDiscrete } from '../../envs/spaces/multi-discrete.js'
import { sequence } from '../../envs/spaces/sequence.js'
import type { Space } from '../../envs/spaces/space.js'
import { text } from '../../envs/spaces/text.js'
import { tuple } from '../../envs/spaces/tuple.js'
import { cli } from '../support/cli.js'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tau-rl-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

/** An environment that shows random elements and takes anything; `id` registers it. */
function registered(id: string, observationSpace: () => Space, actionSpace: () => Space, info: Info = {}): string {
  const make = (): Env => {
    const seen = observationSpace()
    let steps = 0
    const env: Env = {
      observationSpace: seen,
      actionSpace: actionSpace(),
      spec: null,
      get unwrapped() {
        return env
      },
      reset: () => {
        steps = 0
        return [seen.sample(), info]
      },
      step: () => [seen.sample(), 1, ++steps === 10, false, info],
      save: () => steps,
      load: (saved) => {
        steps = saved as number
      },
      close: () => {},
    }
    return env
  }
  register({ id: `spaces/${id}-v0`, env: make })
  return `spaces/${id}-v0`
}

const line = () => box({ low: 0, high: 1 })
const train = (env: string, run: string, ...more: string[]) =>
  cli(
    ['train', '--env', env, '--run-dir', join(folder, run), '--total-steps', '128', '--num-envs', '2', '--eval-episodes', '1', '--quiet']
      .concat(['--backend', 'cpu', '--set', 'learn.rolloutSteps=32', '--set', 'network.hidden=[4]'])
      .concat(more),
  )

describe('refused with exit code 2', () => {
  test.each([
    [
      'text',
      registered(
        'Words',
        () => text(3),
        () => discrete(2),
      ),
      [],
      ['text observations', 'supported are box, discrete'],
    ],
    [
      'text in a dict',
      registered(
        'Said',
        () => dict({ word: text(3) }),
        () => discrete(2),
      ),
      [],
      ['text observations', 'supported are box'],
    ],
    [
      'what varies in length',
      registered(
        'Line',
        () => sequence(line()),
        () => discrete(2),
      ),
      [],
      ['observationSpace', 'one size'],
    ],
    [
      'graphs',
      registered(
        'Graphs',
        () => graph(line(), null),
        () => discrete(2),
      ),
      [],
      ['observationSpace', 'one size'],
    ],
    ['a tuple of actions', registered('Both', line, () => tuple([discrete(2), line()])), [], ['act in a tuple', 'supported are discrete']],
    ['whole numbers in a box', registered('Whole', line, () => box({ low: 0, high: 3, dtype: 'int32' })), [], ['box of int32', 'float32']],
    [
      'squashed choices',
      registered('Chosen', line, () => discrete(2)),
      ['--set', 'network.squash=true'],
      ['network.squash', 'box actions'],
    ],
    [
      'squashed without bounds',
      registered('Open', line, () => box({ low: 0, high: Infinity })),
      ['--set', 'network.squash=true'],
      ['bounds'],
    ],
    ['masks of numbers', registered('Masked', line, line, { actionMask: [1] }), [], ['info.actionMask', 'set masks=off']],
    ['masks by another name', 'spaces/Chosen-v0', ['--set', 'masks=on'], ['masks', 'auto']],
  ] as const)('%s', async (what, env, flags, said) => {
    const { code, stderr, stdout } = await train(env, what, ...flags)
    for (const part of said) expect(stderr).toContain(part)
    expect(stderr).not.toContain('    at ')
    expect([code, stdout]).toEqual([2, ''])
    expect(existsSync(join(folder, what))).toBe(false)
  })
})

const anything = () => dict({ pair: tuple([discrete(3), box({ low: 0, high: 255, shape: [2, 2], dtype: 'uint8' })]), bits: multiBinary(2) })

test.each([
  ['choices', registered('FromDict', anything, () => multiDiscrete([2, 3], { start: [-1, 4] }))],
  ['bits', registered('ToBits', anything, () => multiBinary([2, 2]))],
  ['a masked choice', registered('SomeOf', anything, () => discrete(3, { start: 1 }), { action_mask: [0, 1, 1] })],
  ['a box of two dimensions', registered('Plane', anything, () => box({ low: -1, high: 2, shape: [2, 2], dtype: 'float64' }))],
])('dict, tuple and pictures in, %s out: trained, evaluated, exported', async (what, env) => {
  const trained = await train(env, what)
  expect(`${trained.code} ${trained.stderr}`).toMatch(/^0 /)
  expect((await cli(['eval', join(folder, what), '--episodes', '2', '--json'])).stdout).toContain('"returns":[10,10]')
  expect((await cli(['export', join(folder, what)])).stdout).toContain('policy as onnx')
})
