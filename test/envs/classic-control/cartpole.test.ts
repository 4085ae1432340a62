import { describe, expect, test } from 'vitest'
import { make } from '../../../envs/registry.js'
import { gymnasiumTrajectories } from '../../suites/env-fixture.js'

gymnasiumTrajectories('CartPole-v1')

describe('CartPole', () => {
  test('begins where the reference says, seed 42', () => {
    expect([...make('CartPole').reset({ seed: 42 })[0]]).toBeAllClose([0.027395604, -0.006112156, 0.035859793, 0.019736802], 0, 1e-8)
  })

  test('the last step may end the task and the time at once: both flags are told', () => {
    const env = make('CartPole', {}, { maxEpisodeSteps: 8 })
    env.reset({ seed: 0 })
    const flags = Array.from({ length: 8 }, () => env.step(1).slice(2, 4)) // pushed one way, the pole falls at the eighth step
    expect(flags[6]).toEqual([false, false])
    expect(flags[7]).toEqual([true, true])
  })

  test.each([{ low: 'x' }, { high: [1, 2] }, { low: 0.1, high: -0.1 }, { low: Number.NaN }])('refuses the reset options %o', (options) => {
    expect(() => make('CartPole').reset({ seed: 0, options })).toThrow(/CartPole.reset: option (low|high) must/)
  })

  test('refuses an integrator that it does not know', () => {
    expect(() => make('CartPole', { kinematicsIntegrator: 'semi-implicitt' })).toThrow(
      'CartPole: option kinematicsIntegrator must be euler or semi-implicit, got "semi-implicitt". Did you mean "semi-implicit"?',
    )
  })

  test('starts within the reset options', () => {
    const env = make('CartPole')
    for (let i = 0; i < 20; i++) {
      const [first] = env.reset({ ...(i === 0 && { seed: 0 }), options: { low: -0.4, high: -0.3 } })
      for (const x of first) expect(x >= Math.fround(-0.4) && x <= -0.3).toBe(true)
    }
  })
})
