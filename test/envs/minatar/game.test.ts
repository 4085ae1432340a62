import { describe, expect, test } from 'vitest'
import { breakout } from '../../../envs/minatar/breakout.js'
import { make } from '../../../envs/registry.js'
import type { Box } from '../../../envs/spaces/box.js'
import { cells, table } from '../../support/minatar.js'

const GAMES = [
  ['Asterix', 4, 5],
  ['Breakout', 4, 3],
  ['Freeway', 7, 3],
  ['Seaquest', 10, 6],
  ['SpaceInvaders', 6, 4],
] as const

describe('MinAtar', () => {
  test.each(GAMES)('%s shows 10 × 10 × %i bits and has %i actions that do something', (name, channels, actions) => {
    const [small, full] = [make(`MinAtar/${name}-v1` as string), make(`MinAtar/${name}-v0` as string)]
    for (const env of [small, full]) expect((env.observationSpace as Box).shape).toEqual([10, 10, channels])
    expect(small.reset({ seed: 0 })[0]).toBeInstanceOf(Uint8Array)
    expect([small.actionSpace, full.actionSpace].map((space) => space.toJSON())).toEqual([
      { kind: 'discrete', n: actions, start: 0 },
      { kind: 'discrete', n: 6, start: 0 },
    ])
  })

  test('a name without a version has the minimal actions', () => {
    expect(make('MinAtar/Breakout').spec?.id).toBe('MinAtar/Breakout-v1')
  })

  test('the minimal actions do what they do among all six', () => {
    const [small, full] = [make('MinAtar/Breakout-v1'), make('MinAtar/Breakout-v0')]
    for (const env of [small, full]) env.reset({ seed: 7 })
    for (const [few, all] of [
      [1, 1], // left
      [2, 3], // right
      [0, 2], // up does nothing
      [0, 5],
    ] as const)
      expect(small.step(few)).toEqual(full.step(all))
  })

  test('a step repeats the last action as often as it says', () => {
    const moved = (stickyActionProb: number) => {
      let repeats = 0
      const game = table(breakout({ stickyActionProb }), 3)
      const paddle = () => cells(game.image(), 4, 0)[0]![1]
      for (let i = 0; i < 2000; i++) {
        game.revive()
        const before = paddle()
        const action = i % 2 === 0 ? 1 : 2 // left, right, left, right
        game.step(action)
        const step = paddle() - before
        if (step === (action === 1 ? 1 : -1)) repeats++ // the other way: the action of the step before
      }
      return repeats / 2000
    }
    expect(moved(0)).toBe(0)
    expect(moved(0.1)).toBeCloseTo(0.09, 1)
    expect(moved(0.1)).toBeGreaterThan(0.05)
  })

  test('with a probability of 1 the paddle never moves: nothing came before', () => {
    const game = table(breakout({ stickyActionProb: 1 }))
    const before = cells(game.image(), 4, 0)
    for (let i = 0; i < 4; i++) game.step(2)
    expect(cells(game.image(), 4, 0)).toEqual(before)
  })

  test('after the end nothing happens', () => {
    const game = table(breakout())
    while (!game.over) game.step(1)
    const [state, random] = [[...game.state], JSON.stringify(game.random.save())]
    expect(game.step(2)).toBe(0)
    expect([[...game.state], JSON.stringify(game.random.save())]).toEqual([state, random])
  })

  test.each([
    [{ stickyActionProb: 1.5 }, 'Breakout: option stickyActionProb must be from 0 to 1, got 1.5'],
    [{ difficultyRamping: 'no' }, 'Breakout: option difficultyRamping must be a boolean, got "no"'],
    [{ stickyActionProbability: 0.1 }, 'Breakout: unknown option "stickyActionProbability"'],
  ])('refuses %o', (options, message) => {
    expect(() => make('MinAtar/Breakout-v1', options)).toThrow(message)
  })

  test('is drawn as text', () => {
    const env = make('MinAtar/Breakout')
    env.reset({ seed: 1 })
    expect(env.drawText!()).toMatch(/^\.{10}\n(#{10}\n){3}\.*o\.*\n(\.{10}\n){4}\.{4}=\.{5}$/)
  })
})
