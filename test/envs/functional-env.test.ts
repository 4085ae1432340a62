import { describe, expect, test } from 'vitest'
import { cartpole } from '../../envs/classic-control/cartpole.js'
import { pendulum } from '../../envs/classic-control/pendulum.js'
import { functionalEnv } from '../../envs/functional-env.js'
import { frozenLake } from '../../envs/toy-text/frozen-lake.js'

describe('functionalEnv', () => {
  test('observations are new objects of the space, not views of the state', () => {
    const env = functionalEnv(cartpole())
    const [first] = env.reset({ seed: 1 })
    const before = [...first]
    env.step(1)
    expect([...first]).toEqual(before)
    expect(first).toBeInstanceOf(Float32Array)
    expect(functionalEnv(frozenLake()).reset({ seed: 1 })[0]).toBe(0)
  })

  test('without a seed the stream goes on; a new environment starts from seed 0', () => {
    const [one, two] = [functionalEnv(cartpole()), functionalEnv(cartpole())]
    const firsts = [one.reset()[0], one.reset()[0]]
    expect(firsts[1]).not.toEqual(firsts[0])
    expect([two.reset({ seed: 0 })[0], two.reset()[0]]).toEqual(firsts)
  })

  test.each([[[]], [new Array(1)], [[Number.NaN]], [['1']], [[1, 2]], [1], [null]])('refuses the action %j for a box of one', (action) => {
    const env = functionalEnv(pendulum())
    env.reset({ seed: 0 })
    expect(() => env.step(action as number[])).toThrow('environment.step: expected an action in Box')
  })

  test('saved before the first reset, it still needs one', () => {
    const [one, two] = [functionalEnv(cartpole()), functionalEnv(cartpole())]
    two.reset({ seed: 5 })
    two.load(one.save())
    expect(() => two.step(0)).toThrow('environment.step: call reset() first')
  })

  test('a sign of zero survives', () => {
    const env = functionalEnv(pendulum())
    env.reset({ seed: 0 })
    env.load({ ...(env.save() as object), state: ['-0', 1] })
    expect(JSON.stringify(env.save())).toContain('["-0",1]')
    env.step([0])
    expect(JSON.stringify(env.save())).not.toContain('-0')
  })

  test.each([
    [null, 'expected an object, got null'],
    [{}, 'environment.load: state: expected a list of 4 numbers'],
    [{ state: [1, 2, 3], random: null }, 'environment.load: state: expected a list of 4 numbers'],
    [{ state: [1, 2, 3, 'x'], random: null }, 'environment.load: state: expected a list of 4 numbers'],
    [{ state: [0, 0, 0, 0], random: 7 }, 'random: expected an object, got 7'],
    [
      { state: [0, 0, 0, 0], random: { state: 'x', inc: '1', has_uint32: 0, uinteger: 0 } },
      'state must be a 128-bit integer in decimal, got "x"',
    ],
  ])('refuses to load %o', (saved, message) => {
    expect(() => functionalEnv(cartpole()).load(saved as never)).toThrow(message)
  })
})
