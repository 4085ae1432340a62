import { describe, expect, test } from 'vitest'
import { type ConfigLayer, overlay, resolveConfig } from '../../../src/core/config/layers.js'
import { runConfigSchema, scheduled } from '../../../src/core/config/schema.js'
import { pathLayer, setLayer, yamlLayer } from '../../../src/core/config/text.js'
import { UsageError } from '../../../src/core/errors.js'

const env: ConfigLayer = pathLayer(['env'], 'CartPole-v1', '--env')

function complaint(...layers: ConfigLayer[]): string {
  try {
    resolveConfig([env, ...layers])
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError)
    return (error as Error).message
  }
  throw new Error('nothing was refused')
}

describe('layers', () => {
  test('a later layer wins, key by key', () => {
    const config = resolveConfig([
      env,
      yamlLayer('learn: { gamma: 0.98, lambda: 0.8 }\nseed: 3', 'preset'),
      setLayer('learn.gamma=0.9'),
      pathLayer(['seed'], 7, '--seed'),
    ])
    expect(config.learn).toMatchObject({ gamma: 0.9, lambda: 0.8, epochs: 10 })
    expect(config.seed).toBe(7)
  })

  test('a clip that names its rule replaces the clip below; one that does not amends it', () => {
    const base = { clip: { name: 'global-norm', tau: 0.5 } }
    expect(overlay(base, { clip: { name: 'agc' } })).toEqual({ clip: { name: 'agc' } })
    expect(overlay(base, { clip: { per: 'layer' } })).toEqual({ clip: { name: 'global-norm', tau: 0.5, per: 'layer' } })
  })

  test('a schedule is one value: a constant replaces a line and a line a line', () => {
    const line = { learn: { learningRate: { from: 1, to: 0 } } }
    expect(overlay(line, { learn: { learningRate: { from: 2, to: 1 } } })).toEqual({ learn: { learningRate: { from: 2, to: 1 } } })
    expect(overlay(line, { learn: { learningRate: 3 } })).toEqual({ learn: { learningRate: 3 } })
  })

  test('the resolved configuration resolves to itself', () => {
    const config = resolveConfig([env, setLayer('learn.learningRate=lin_0.001')])
    expect(runConfigSchema.parse(JSON.parse(JSON.stringify(config)))).toEqual(config)
  })
})

describe('what is refused', () => {
  test('an unknown key, with the near name and the place', () => {
    expect(complaint(setLayer('learn.gama=0.9'))).toBe('--set learn.gama: there is no setting "learn.gama". Did you mean "gamma"?')
    expect(complaint(yamlLayer('seed: 1\nlearn:\n  epoch: 3\n', 'my.yml'))).toMatch(
      /^my\.yml:3:\d+: there is no setting "learn\.epoch"\. Did you mean "epochs"\?/,
    )
  })

  test('a number out of range, with the bound and the value', () => {
    expect(complaint(setLayer('learn.gamma=1.5'))).toBe('--set learn.gamma: expected at most 1, got 1.5.')
    expect(complaint(setLayer('learn.learningRate=0'))).toBe('--set learn.learningRate: expected above 0, got 0.')
    expect(complaint(pathLayer(['numEnvs'], 0, '--num-envs'))).toBe('--num-envs: expected at least 1, got 0.')
  })

  test('a value in a file, with its line and setting', () => {
    expect(complaint(yamlLayer('learn:\n  gamma: 2\n', 'my.yml'))).toBe('my.yml:2:10: learn.gamma: expected at most 1, got 2.')
  })

  test('a word that is none of the choices', () => {
    expect(complaint(pathLayer(['algo'], 'ppoo', '--algo'))).toBe('--algo: expected one of ppo, a2c, got "ppoo".')
  })

  test.each(['__proto__.polluted=1', 'learn.constructor=1', 'a..b=1', '=3', 'learn'])('--set %s', (text) => {
    expect(() => resolveConfig([env, setLayer(text)])).toThrow(UsageError)
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })

  test('a document that would reach a prototype', () => {
    expect(() => resolveConfig([env, yamlLayer('learn: { "__proto__": { polluted: 1 } }', 'x.yml')])).toThrow(UsageError)
  })
})

test('a schedule is a straight line from its start to its end', () => {
  expect(scheduled({ from: 1, to: 0.5 }, 0)).toBe(1)
  expect(scheduled({ from: 1, to: 0.5 }, 0.5)).toBe(0.75)
  expect(scheduled({ from: 1, to: 0.5 }, 1)).toBe(0.5)
  expect(scheduled(0.2, 0.7)).toBe(0.2)
})
