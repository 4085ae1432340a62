/** Whole runs of every kind of network: they learn what only they can, and go on from a checkpoint as if they had never stopped. */
import { expect, test } from 'vitest'
import { register } from '../../envs/registry.js'
import { box } from '../../envs/spaces/box.js'
import { discrete } from '../../envs/spaces/discrete.js'
import type { RunConfigInput } from '../../src/core/config/schema.js'
import { refuseUnrunnable } from '../../src/train/parts.js'
import { finalReturn } from '../agents/support/gate.js'
import { eventsOf, ofKind, smallConfig } from '../support/small-run.js'

const SIDE = 7

/** A bar of three bright cells anywhere in an image: say whether it lies or stands. Twenty times. */
register({
  id: 'test/Shapes-v0',
  maxEpisodeSteps: 20,
  functions: () => {
    const show = (random: { integers(low: number, high: number): number }, state: Float64Array, at: number) => {
      state[at] = random.integers(0, 2)
      state[at + 1] = random.integers(0, SIDE - 2)
      state[at + 2] = random.integers(0, SIDE - 2)
    }
    return {
      stateSize: 3,
      observationSpace: box({ low: 0, high: 255, shape: [SIDE, SIDE, 1], dtype: 'uint8' }),
      actionSpace: discrete(2),
      initial: (random, state, at) => show(random, state, at),
      transition(state, at, action, actionAt, random) {
        const reward = action[actionAt] === state[at] ? 1 : 0
        show(random, state, at)
        return reward
      },
      terminal: () => false,
      observe(state, at, out, outAt) {
        out.fill(0, outAt, outAt + SIDE * SIDE)
        for (let i = 0; i < 3; i++) {
          const [row, column] = state[at] === 1 ? [state[at + 1]! + i, state[at + 2]!] : [state[at + 1]!, state[at + 2]! + i]
          out[outAt + row * SIDE + column] = 255
        }
      },
    }
  },
})

test.each<[string, Partial<RunConfigInput>]>([
  ['an LSTM', { env: 'CartPole-v1', network: { kind: 'lstm', memory: 6, hidden: [5] }, normalize: { observations: true } }],
  [
    'a GRU, A2C',
    { env: 'CartPole-v1', algo: 'a2c', network: { kind: 'gru', memory: 6, hidden: [], shared: true }, learn: { rolloutSteps: 7 } },
  ],
  ['convolutions', { env: 'test/Shapes-v0', network: { kind: 'cnn', conv: [{ filters: 3, size: 3 }], hidden: [6] } }],
  ['one’s own', { env: 'CartPole-v1', network: { file: './examples/my-network.ts' } }],
])('resumed is as if it had never stopped: %s', async (_what, changes) => {
  const config = smallConfig({ numEnvs: 4, totalSteps: 768, checkpointEvery: 256, recordEvery: 0, backend: 'wasm', ...changes })
  const checkpoints = ofKind(await eventsOf(config), 'checkpoint')
  const middle = checkpoints.find(({ reason }) => reason === 'periodic')!
  expect(middle.step).toBeLessThan(768)
  const resumed = ofKind(await eventsOf(config, { resume: middle.snapshot }), 'checkpoint')
  expect(resumed.at(-1)!.snapshot).toEqual(checkpoints.at(-1)!.snapshot)
})

const memory = (kind: 'mlp' | 'lstm' | 'gru') =>
  finalReturn(
    {
      algo: 'ppo',
      env: 'teaching/Memory-v0',
      changes: {
        numEnvs: 32,
        totalSteps: 12_800,
        network: { kind, hidden: [], memory: 12, activation: 'tanh' },
        learn: { rolloutSteps: 10, minibatchSize: 160, epochs: 4, learningRate: 0.02, gamma: 0.95, entropyCoefficient: 0.01 },
        evaluation: { episodes: 1 },
      },
    },
    1,
  )

test.each(['lstm', 'gru'] as const)('a memory answers what was shown before: %s', async (kind) => {
  expect(await memory(kind)).toBeGreaterThan(0.95)
})

test('who sees the present alone can but guess', async () => {
  expect(await memory('mlp')).toBeLessThan(0.7)
})

test('convolutions see shapes wherever they are', async () => {
  const reached = await finalReturn(
    {
      algo: 'ppo',
      env: 'test/Shapes-v0',
      changes: {
        numEnvs: 8,
        totalSteps: 6144,
        network: { kind: 'cnn', conv: [{ filters: 4, size: 3 }], hidden: [16] },
        learn: { rolloutSteps: 32, minibatchSize: 64, epochs: 4, learningRate: 0.005, gamma: 0.5, entropyCoefficient: 0.01 },
        evaluation: { episodes: 1 },
      },
    },
    1,
  )
  expect(reached).toBeGreaterThan(18) // of 20; guessing earns 10
})

test('what does not fit is refused without a backend', () => {
  const refused = (changes: Partial<RunConfigInput>) => () => refuseUnrunnable(smallConfig(changes))
  expect(refused({ network: { kind: 'cnn' } })).toThrow(/network.kind cnn: expected images, .* got Box/)
  expect(refused({ env: 'MinAtar/Breakout-v1', network: { kind: 'cnn', conv: 'nature' } })).toThrow(
    'network.conv[1]: expected a filter that fits',
  )
  expect(refused({ backend: 'fused', network: { kind: 'lstm' } })).toThrow('the fused kernels know no lstm network')
})
