import { describe, expect, test } from 'vitest'
import { make } from '../../../envs/registry.js'
import { generator } from '../../../envs/seeding/generator.js'
import { decodeTaxi, encodeTaxi, taxi, taxiMask } from '../../../envs/toy-text/taxi.js'
import { gymnasiumTrajectories } from '../../suites/env-fixture.js'

gymnasiumTrajectories('Taxi-v4')

const CODES = Array.from({ length: 500 }, (_, code) => code)

describe('Taxi', () => {
  test('every number is a state, and every state a number', () => {
    expect(CODES.map((code) => encodeTaxi(decodeTaxi(code)))).toEqual(CODES)
    for (const { row, column, passenger, destination } of CODES.map(decodeTaxi)) {
      expect([row < 5, column < 5, passenger < 5, destination < 4]).toEqual([true, true, true, true])
    }
    expect(encodeTaxi({ row: 3, column: 1, passenger: 2, destination: 0 })).toBe(328) // the example of Gymnasium's page
  })

  test('the mask is 1 exactly for the actions that change the state', () => {
    const functions = taxi()
    const state = new Float64Array(4)
    const random = generator(0)
    for (const code of CODES) {
      const changes = [0, 1, 2, 3, 4, 5].map((action) => {
        state.set([code, 1, 0, 0])
        functions.transition(state, 0, [action], 0, random)
        return state[0] === code ? 0 : 1
      })
      expect([code, ...taxiMask(code)]).toEqual([code, ...changes])
    }
  })

  test('no move crosses a wall, in rain neither', () => {
    const functions = taxi({ isRainy: true })
    const state = new Float64Array(4)
    const random = generator(0)
    const walls = new Set(['0,1', '1,1', '3,0', '3,2', '4,0', '4,2']) // row, column on the western side
    const crossed: unknown[] = []
    for (const code of CODES) {
      for (let action = 0; action < 4; action++) {
        for (let i = 0; i < 10; i++) {
          state.set([code, 1, 0, 0])
          functions.transition(state, 0, [action], 0, random)
          const [from, to] = [decodeTaxi(code), decodeTaxi(state[0]!)]
          const far = Math.abs(from.row - to.row) + Math.abs(from.column - to.column) > 1
          const wall = from.column !== to.column && walls.has(`${from.row},${Math.min(from.column, to.column)}`)
          if (far || wall) crossed.push([from, to])
        }
      }
    }
    expect(crossed).toEqual([])
  })

  test('starts in all 300 states in which there is something to do, seeds of the reference first', () => {
    const env = make('Taxi')
    expect([42, 0, 123].map((seed) => env.reset({ seed })[0])).toEqual([386, 314, 341])
    const seen = new Set<number>()
    for (let i = 0; i < 4000; i++) seen.add(env.reset()[0])
    expect(seen.size).toBe(300)
    for (const { passenger, destination } of [...seen].map(decodeTaxi)) expect(passenger < 4 && passenger !== destination).toBe(true)
  })

  test('a passenger who always changes their mind does so once, at the first move', () => {
    const env = make('Taxi', { ficklePassenger: true, fickleProbability: 1 })
    env.reset({ seed: 0 })
    const saved = JSON.parse(JSON.stringify(env.save()))
    saved.env.env.state = [encodeTaxi({ row: 0, column: 0, passenger: 0, destination: 3 }), 1, 1, 0]
    env.load(saved)
    const destinations = [4, 1, 0, 1, 0, 1, 0].map((action) => decodeTaxi(env.step(action)[0]).destination)
    expect(destinations.slice(0, 2)).toEqual([3, 3]) // picked up; the border: no move
    expect(destinations[2]).not.toBe(3)
    expect(new Set(destinations.slice(2)).size).toBe(1)
  })

  test('is drawn as text', () => {
    const env = make('Taxi')
    env.reset({ seed: 42 })
    expect(env.drawText!()).toBe(
      [
        '+---------+', //
        '|R: | : :G|',
        '| : | : : |',
        '| : : : : |',
        '| | : | :T|',
        '|Y| : |B: |',
        '+---------+',
        'passenger at G, to Y',
      ].join('\n'),
    )
  })

  test.each([
    [{ rainyProbability: 1.5 }, 'Taxi: option rainyProbability must be from 0 to 1, got 1.5'],
    [{ fickleProbability: -0.1 }, 'Taxi: option fickleProbability must be from 0 to 1, got -0.1'],
    [{ isRainy: 'yes' }, 'Taxi: option isRainy must be a boolean, got "yes"'],
  ])('refuses %o', (options, message) => {
    expect(() => make('Taxi', options)).toThrow(message)
  })
})
