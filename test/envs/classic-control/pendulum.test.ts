import { describe, expect, test } from 'vitest'
import { make } from '../../../envs/registry.js'
import { gymnasiumTrajectories } from '../../suites/env-fixture.js'

gymnasiumTrajectories('Pendulum-v1')

describe('Pendulum', () => {
  test('costs nothing upright and at rest, and the most hanging down at full speed', () => {
    const env = make('Pendulum')
    const rewardAt = (angle: number, speed: number, torque: number) => {
      env.reset({ seed: 0 })
      const saved = JSON.parse(JSON.stringify(env.save()))
      saved.env.env.state = [angle, speed]
      env.load(saved)
      return env.step([torque])[1]
    }
    expect(rewardAt(0, 0, 0)).toBe(-0)
    expect(rewardAt(Math.PI, 8, 2)).toBeCloseTo(-(Math.PI ** 2 + 0.1 * 64 + 0.001 * 4), 6) // −16.2736
    expect(rewardAt(3 * Math.PI, 0, 0)).toBeCloseTo(-(Math.PI ** 2), 9) // a whole turn changes nothing
  })

  test('never ends but by time', () => {
    const env = make('Pendulum')
    env.reset({ seed: 3 })
    const flags = Array.from({ length: 200 }, () => env.step([2]).slice(2, 4))
    expect(flags.slice(0, 199).flat()).not.toContain(true)
    expect(flags[199]).toEqual([false, true])
  })

  test('refuses a start that is no bound', () => {
    expect(() => make('Pendulum').reset({ options: { xInit: -1 } })).toThrow('Pendulum.reset: option xInit must be at least 0, got -1')
    expect(() => make('Pendulum', { g: 'ten' })).toThrow('Pendulum: option g must be a finite number, got "ten"')
  })
})
