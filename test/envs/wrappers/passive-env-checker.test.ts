import { describe, expect, test } from 'vitest'
import { drawing } from '../../../envs/canvas/canvas.js'
import type { Finding } from '../../../envs/check/finding.js'
import { make } from '../../../envs/registry.js'
import { box } from '../../../envs/spaces/box.js'
import { passiveEnvChecker } from '../../../envs/wrappers/passive-env-checker.js'
import { wrapperSuite } from '../../suites/wrapper.js'

// biome-ignore lint/suspicious/noExplicitAny: faults have the wrong type on purpose
type Any = any

const quiet = { warn: () => {} }
const broken = (changes: Any): Any => ({ ...make('FrozenLake'), ...changes })

wrapperSuite('passiveEnvChecker', (env) => passiveEnvChecker(env, quiet))

describe('passiveEnvChecker', () => {
  test('changes nothing and calls nothing more often', () => {
    const calls: string[] = []
    const inner = make('CartPole')
    const counted = (method: 'reset' | 'step' | 'draw') => (argument: Any) => {
      calls.push(method)
      return (inner as Any)[method](argument)
    }
    const env = passiveEnvChecker(broken({ ...inner, reset: counted('reset'), step: counted('step'), draw: counted('draw') }), quiet)
    const twin = make('CartPole')
    expect(env.actionSpace.sample()).toBe(twin.actionSpace.sample())
    expect(env.reset({ seed: 1 })).toEqual(twin.reset({ seed: 1 }))
    expect(env.step(1)).toEqual(twin.step(1))
    for (let i = 0; i < 2; i++) expect(drawing((canvas) => env.draw!(canvas))).toEqual(drawing((canvas) => twin.draw!(canvas)))
    expect(calls).toEqual(['reset', 'step', 'draw', 'draw'])
  })

  test.each<[string, Any, (env: Any) => void, string]>([
    ['a space that is none', { actionSpace: 4 }, () => {}, 'FrozenLake-v1: error: actionSpace: expected a Space, got 4'],
    [
      'a reset that is no pair',
      { reset: () => 0 },
      (env) => env.reset(),
      'reset() must return [observation, info], got 0. Remedy: return a list of two.',
    ],
    [
      'a first observation outside',
      { reset: () => [16, {}] },
      (env) => env.reset({ seed: 1 }),
      'reset({"seed":1}) gave 16, which is not in Discrete(16)',
    ],
    ['an old step', { step: () => [0, 0, false, {}] }, (env) => env.step(0), 'as an old Gym environment does'],
    [
      'two faults in a step',
      { step: () => [0, '1', 0, false, {}] },
      (env) => env.step(0),
      'the reward must be a number, got "1". Remedy: return a number.\nerror: step: terminated must be true or false, got 0',
    ],
    [
      'a drawing at NaN',
      { draw: (c: Any) => c.circle(Number.NaN, 0, 1, 'body') },
      (env) => env.draw({}),
      'a coordinate is NaN or infinite',
    ],
  ])('throws at %s, with all that is wrong and the remedy', (_name, changes, act, message) => {
    expect(() => act(passiveEnvChecker(broken(changes), quiet))).toThrow(message)
  })

  test('looks at the first of each only', () => {
    let steps = 0
    const env = passiveEnvChecker(broken({ step: () => [steps++ === 0 ? 0 : 99, 0, false, false, {}] }), quiet)
    env.reset()
    env.step(0)
    expect(env.step(0)[0]).toBe(99)
  })

  test('warns of what is only suspicious', () => {
    const found: Finding[] = []
    const space = box({ low: [0, 0], high: [0, 1] })
    const env = passiveEnvChecker(broken({ observationSpace: space, step: () => [Float32Array.of(0, 1), Infinity, false, false, {}] }), {
      warn: (finding) => found.push(finding),
    })
    env.step(0)
    expect(found.map(({ where, message }) => `${where}: ${message}`)).toEqual([
      'observationSpace: low equals high in 1 of 2 numbers',
      'step: the reward is Infinity',
    ])
  })
})
