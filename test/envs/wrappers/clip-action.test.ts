import { describe, expect, test } from 'vitest'
import { make } from '../../../envs/registry.js'
import { box } from '../../../envs/spaces/box.js'
import { clipAction } from '../../../envs/wrappers/clip-action.js'
import { gymnasiumWrapped, wrapperSuite } from '../../suites/wrapper.js'

wrapperSuite('clipAction', clipAction, { id: 'Pendulum-v1' })
gymnasiumWrapped('ClipAction', clipAction)

describe('clipAction', () => {
  test('takes any numbers and passes on what the space holds', () => {
    const seen: number[][] = []
    const inner = {
      ...make('MountainCarContinuous'),
      step: (action: ArrayLike<number>) => {
        seen.push(Array.from(action))
        return [null, 0, false, false, {}] as const
      },
    }
    const env = clipAction(inner)
    expect(env.actionSpace.equals(box({ low: -Infinity, high: Infinity, shape: [1] }))).toBe(true)
    for (const action of [3, 0.25, -9]) env.step([action])
    expect(seen).toEqual([[1], [0.25], [-1]])
  })

  test('refuses actions that cannot be clipped', () => {
    expect(() => clipAction(make('CartPole') as never)).toThrow('clipAction: expected actions in a Box, got Discrete(2)')
    const env = clipAction(make('Pendulum'))
    env.reset()
    expect(() => env.step([1, 2])).toThrow('ClipAction.step: expected 1 numbers, got [1,2]')
  })
})
