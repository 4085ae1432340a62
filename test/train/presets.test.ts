import { describe, expect, test } from 'vitest'
import { registeredIds } from '../../envs/registry.js'
import { createPlan } from '../../src/clip/registry.js'
import { resolveConfig } from '../../src/core/config/layers.js'
import { pathLayer } from '../../src/core/config/text.js'
import { presetLayer, presetNames } from '../../src/train/presets.js'

const configOf = (preset: string, algo: string, env: string) =>
  resolveConfig([presetLayer(preset, algo, env), pathLayer(['algo'], algo, '--algo'), pathLayer(['env'], env, '--env')])

describe.each(presetNames())('preset %s', (preset) => {
  test.each(['ppo', 'a2c'])('gives a valid configuration for %s on every environment', (algo) => {
    for (const env of registeredIds()) expect(() => createPlan(configOf(preset, algo, env).clip)).not.toThrow()
  })
})

test("tuned CartPole is the zoo's, behind loss feedback", () => {
  const config = configOf('tuned', 'ppo', 'CartPole-v1')
  expect(config).toMatchObject({
    numEnvs: 8,
    totalSteps: 100_000,
    learn: {
      rolloutSteps: 32,
      minibatchSize: 256,
      epochs: 20,
      gamma: 0.98,
      lambda: 0.8,
      learningRate: { from: 0.001, to: 0 },
      ratioClip: { from: 0.2, to: 0 },
    },
    clip: { name: 'loss-feedback' },
  })
})

test('cleanrl clips values', () => {
  expect(configOf('cleanrl', 'ppo', 'CartPole-v1').learn.valueClip).toBe(0.2)
})

test('an unknown preset is refused with the near one', () => {
  expect(() => presetLayer('tunned', 'ppo', 'CartPole-v1')).toThrow('Did you mean "tuned"?')
})
