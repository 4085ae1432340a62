import { describe, expect, test } from 'vitest'
import { make } from '../../../envs/registry.js'
import { gymnasiumTrajectories } from '../../suites/env-fixture.js'

gymnasiumTrajectories('MountainCar-v0')

describe('MountainCar', () => {
  test('full throttle does not climb the hill, swinging does', () => {
    const drive = (policy: (velocity: number) => number) => {
      const env = make('MountainCar')
      let velocity = env.reset({ seed: 1 })[0][1]!
      for (let t = 1; ; t++) {
        const [observation, , terminated, truncated] = env.step(policy(velocity))
        velocity = observation[1]!
        if (terminated || truncated) return { t, terminated }
      }
    }
    expect(drive(() => 2)).toEqual({ t: 200, terminated: false })
    expect(drive((velocity) => (velocity < 0 ? 0 : 2)).terminated).toBe(true)
  })
})
