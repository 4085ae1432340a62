import { describe, expect, test } from 'vitest'
import { make } from '../../../envs/registry.js'
import { gymnasiumTrajectories } from '../../suites/env-fixture.js'

gymnasiumTrajectories('Acrobot-v1', { observations: 1e-5 }) // chaotic: engines may differ in the last bit of a cosine

describe('Acrobot', () => {
  test('hanging at rest without torque, it stays', () => {
    const env = make('Acrobot')
    env.reset({ seed: 0, options: { low: 0, high: 0 } })
    const [observation, reward, terminated] = env.step(1)
    expect([...observation]).toBeAllClose([1, 0, 1, 0, 0, 0], 0, 1e-7)
    expect([reward, terminated]).toEqual([-1, false])
  })

  test.each([
    [{ bookOrNips: 'paper' }, 'Acrobot: option bookOrNips must be book or nips, got "paper"'],
    [{ torqueNoiseMax: -1 }, 'Acrobot: option torqueNoiseMax must be at least 0, got -1'],
  ])('refuses %o', (options, message) => {
    expect(() => make('Acrobot', options)).toThrow(message)
  })

  test('begins with numbers of 32 bits, as Gymnasium does', () => {
    const env = make('Acrobot').unwrapped
    env.reset({ seed: 4 })
    const { state } = env.save() as { readonly state: readonly number[] }
    expect(state).toEqual(state.map(Math.fround))
  })
})
