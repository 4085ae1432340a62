import { describe, expect, test } from 'vitest'
import { make } from '../../../envs/registry.js'
import { gymnasiumTrajectories } from '../../suites/env-fixture.js'

gymnasiumTrajectories('MountainCarContinuous-v0')

describe('MountainCarContinuous', () => {
  test('a push costs by what was asked, not by what was done', () => {
    const env = make('MountainCarContinuous')
    env.reset({ seed: 0 })
    expect(env.step([3])[1]).toBeCloseTo(-0.9, 12) // 0.1 · 3²
  })
})
