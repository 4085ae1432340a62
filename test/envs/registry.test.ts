import { describe, expect, test } from 'vitest'
import { cartpole } from '../../envs/classic-control/cartpole.js'
import { functionalEnv } from '../../envs/functional-env.js'
import { make, makeVec, type Registration, register, registeredIds, resolveId, spec } from '../../envs/registry.js'
import { counter } from '../support/counter-env.js'

describe('names', () => {
  test('a name without a version is the newest', () => {
    expect(resolveId('CartPole')).toBe('CartPole-v1')
    expect(resolveId('CartPole-v0')).toBe('CartPole-v0')
    for (const version of [10, 9, 2]) register({ id: `test/Versions-v${version}`, functions: counter })
    expect(resolveId('test/Versions')).toBe('test/Versions-v10') // by number, not by letter
  })

  test.each([
    ['CartPol', 'environment "CartPol" is not registered. Did you mean "CartPole"?'],
    ['cartpole', 'Did you mean "CartPole"?'],
    ['Pendulum-v7', 'environment "Pendulum-v7": no such version; there is Pendulum-v1'],
    ['CartPole-v9', 'no such version; there are CartPole-v0, CartPole-v1'],
    ['Qwertyuiop', 'environment "Qwertyuiop" is not registered.'],
  ])('%s is unknown', (name, message) => {
    expect(() => make(name)).toThrow(expect.objectContaining({ name: 'UnknownEnvError', message: expect.stringContaining(message) }))
    expect(() => makeVec(name)).toThrow(message)
    expect(() => spec(name)).toThrow(message)
  })

  test.each(['', 'Cart Pole', 'a/b/c-v0', '-v1', 'CartPole-v', '../CartPole', '__proto__ '])('%o is no name', (name) => {
    expect(() => make(name)).toThrow(expect.objectContaining({ name: 'UnknownEnvError' }))
  })

  test.each(['CartPole', 'Cart Pole-v0', 'a/b/c-v0', 'CartPole-vx', 'CartPole-v-1', ''])('%o cannot be registered', (id) => {
    expect(() => register({ id, functions: counter })).toThrow('cannot be the name of an environment: expected an id such as')
  })

  test('an id cannot be taken twice', () => {
    expect(() => register({ id: 'CartPole-v1', functions: cartpole })).toThrow('register: "CartPole-v1" is registered already')
  })

  test('all names are told in order', () => {
    expect(registeredIds()).toEqual([...registeredIds()].sort())
    expect(registeredIds()).toContain('FrozenLake8x8-v1')
  })
})

describe('make', () => {
  test('the spec tells limits, thresholds and options', () => {
    expect(spec('CartPole')).toEqual({ id: 'CartPole-v1', maxEpisodeSteps: 500, rewardThreshold: 475, kwargs: {} })
    expect(spec('Pendulum').rewardThreshold).toBeNull()
    expect(make('FrozenLake8x8', { isSlippery: false }).spec).toEqual({
      id: 'FrozenLake8x8-v1',
      maxEpisodeSteps: 200,
      rewardThreshold: 0.85,
      kwargs: { mapName: '8x8', isSlippery: false },
    })
    expect(makeVec('CartPole', { maxEpisodeSteps: 7, kwargs: { suttonBartoReward: true } }).spec).toMatchObject({
      maxEpisodeSteps: 7,
      kwargs: { suttonBartoReward: true },
    })
  })

  test('the time limit can be changed and lifted', () => {
    const lengthOf = (maxEpisodeSteps: number | null) => {
      const env = make('MountainCar', {}, { maxEpisodeSteps })
      env.reset({ seed: 0 })
      for (let t = 1; t <= 300; t++) if (env.step(1)[3]) return t
      return null
    }
    expect([lengthOf(20), lengthOf(null)]).toEqual([20, null])
  })

  test.each(registrations())('environments of one’s own are made like any other: $id', (registration) => {
    register(registration)
    const env = make(registration.id)
    expect(env.spec).toEqual({ id: registration.id, maxEpisodeSteps: 3, rewardThreshold: null, kwargs: {} })
    const venv = makeVec(registration.id, { numEnvs: 2 })
    venv.reset({ seed: [2, 0] })
    venv.step([1, 1])
    expect(venv.step([1, 1]).episodes).toEqual([{ env: 0, return: 2, length: 2, terminated: true, truncated: false }])
    expect(venv.step([1, 1]).episodes).toEqual([{ env: 1, return: 3, length: 3, terminated: false, truncated: true }])
    env.load(venv.saveOne(0))
    expect(env.save()).toEqual(venv.saveOne(0))
    expect(venv.spec).toEqual(env.spec)
  })
})

function registrations(): Registration[] {
  return [
    { id: 'test/CounterOfFunctions-v0', functions: counter, maxEpisodeSteps: 3 },
    { id: 'test/CounterOfItsOwn-v0', env: () => functionalEnv(counter()), maxEpisodeSteps: 3 },
  ]
}
