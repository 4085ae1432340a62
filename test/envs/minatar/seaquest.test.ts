import { describe, expect, test } from 'vitest'
import { ABOARD, COLUMN, DIVERS, FISH, HEADING, LEVEL, OXYGEN, ROW, SUBMARINES, seaquest, THEIRS } from '../../../envs/minatar/seaquest.js'
import { cells, type Table, table } from '../../support/minatar.js'

const [NOTHING, LEFT, UP, RIGHT, DOWN, FIRE] = [0, 1, 2, 3, 4, 5] as const
const RIGHTWARD = 10 // from a kind's rows that head left to those that head right

const look = (game: Table, channel: number) => cells(game.image(), 10, channel)

/** A submarine in the middle of empty water. */
function placed(fields: Readonly<Record<number, number>> = {}): Table {
  const game = table(seaquest({ stickyActionProb: 0 }))
  Object.assign(game.state, { [ROW]: 4, [COLUMN]: 5, [HEADING]: 1, ...fields })
  return game
}

describe('Seaquest', () => {
  test('the submarine has a front and a back, keeps to rows 0 to 8, and swimmers keep to rows 1 to 8, in lanes of one heading', () => {
    const game = table(seaquest(), 3)
    for (let frame = 0; frame < 4000; frame++) {
      const reward = game.step(game.random.integers(0, 6))
      game.revive()
      if (game.state[OXYGEN]! <= 0) game.state[OXYGEN] = 200
      expect(look(game, 0).length).toBe(1)
      expect(look(game, 0)[0]![0]).toBeLessThan(9)
      expect(reward).toBeGreaterThanOrEqual(0)
      for (const channel of [5, 6, 9]) for (const [row] of look(game, channel)) expect(row >= 1 && row <= 8).toBe(true)
      for (let lane = 1; lane <= 8; lane++) {
        const leftward = game.state[FISH + lane]! | game.state[SUBMARINES + lane]!
        const rightward = game.state[FISH + RIGHTWARD + lane]! | game.state[SUBMARINES + RIGHTWARD + lane]!
        expect(leftward === 0 || rightward === 0).toBe(true)
        expect(game.state[FISH + lane]! & game.state[SUBMARINES + lane]!).toBe(0)
      }
    }
  })

  test('turns and moves; the back shows where it is heading', () => {
    const game = placed()
    expect([look(game, 0), look(game, 1)]).toEqual([[[4, 5]], [[4, 4]]])
    game.step(LEFT)
    expect([look(game, 0), look(game, 1)]).toEqual([[[4, 4]], [[4, 5]]])
    game.step(DOWN)
    expect([look(game, 0), look(game, 1)]).toEqual([[[5, 4]], [[5, 5]]])
  })

  test('shoots where it is heading; an enemy that is hit is worth 1 and gone', () => {
    const game = placed({ [FISH + 4]: 1 << 8 }) // heading for us
    expect(game.step(FIRE)).toBe(0)
    expect(look(game, 2)).toEqual([[4, 6]])
    const rewards = [1, 2, 3].map(() => game.step(NOTHING))
    expect(rewards.reduce((a, b) => a + b)).toBe(1)
    expect([look(game, 5), look(game, 2)]).toEqual([[], []])
  })

  test.each([
    ['a fish', FISH],
    ['a submarine', SUBMARINES],
    ['a bullet', THEIRS],
  ])('ends where %s meets the front', (_, kind) => {
    const front = placed({ [kind + 4]: 1 << 6 })
    front.step(RIGHT)
    expect(front.over).toBe(true)
    const back = placed({ [kind + RIGHTWARD + 4]: 1 << 3 })
    back.step(RIGHT)
    expect(back.over).toBe(false)
  })

  test('submarines shoot, fish do not', () => {
    const bullets = (kind: number) => {
      const game = placed({ [kind + 2]: 1 << 9 })
      let count = 0
      for (let frame = 0; frame < 15; frame++) {
        game.step(NOTHING)
        if (look(game, 4).length > 0) count++
      }
      return count
    }
    expect(bullets(SUBMARINES)).toBeGreaterThan(0)
    expect(bullets(FISH)).toBe(0)
  })

  test.each([FISH, SUBMARINES, DIVERS])('a trail lies behind what swims (kind %i)', (kind) => {
    const game = placed({ [kind + 2]: 1 << 5, [kind + RIGHTWARD + 7]: 1 << 5 })
    expect(look(game, 3)).toEqual([
      [2, 6], // heading left
      [7, 4],
    ])
  })

  test('takes up to six divers aboard', () => {
    const one = placed({ [DIVERS + 4]: 1 << 6 })
    one.step(RIGHT)
    expect([one.state[ABOARD], look(one, 9).length, look(one, 8)]).toEqual([1, 0, [[9, 9]]])
    const full = placed({ [DIVERS + 4]: 1 << 6, [ABOARD]: 6 })
    full.step(RIGHT)
    expect([full.state[ABOARD], look(full, 9).length, look(full, 8).length]).toEqual([6, 1, 6])
  })

  test('surfacing costs a diver and fills the tank; with six it is worth the oxygen left; without any it ends', () => {
    const few = placed({ [ROW]: 1, [ABOARD]: 2, [OXYGEN]: 50 })
    expect(few.step(UP)).toBe(0)
    expect([few.state[ABOARD], few.state[OXYGEN], few.state[LEVEL], few.over]).toEqual([1, 200, 1, false])
    few.step(NOTHING)
    expect([few.state[ABOARD], few.state[OXYGEN]]).toEqual([1, 199]) // staying up is no surfacing

    const six = placed({ [ROW]: 1, [ABOARD]: 6, [OXYGEN]: 101 })
    expect(look(six, 7).length).toBe(6)
    expect(six.step(UP)).toBe(5)
    expect([six.state[ABOARD], six.over]).toEqual([0, false])

    const none = placed({ [ROW]: 1 })
    none.step(UP)
    expect(none.over).toBe(true)
  })

  test('oxygen runs out', () => {
    const game = placed({ [OXYGEN]: 2 })
    game.step(NOTHING)
    expect([game.over, look(game, 7).length]).toEqual([false, 1])
    game.step(NOTHING)
    expect([game.over, look(game, 7).length]).toEqual([true, 0])
  })

  test('enemies come more often after every surfacing, unless they should not', () => {
    const entries = (difficultyRamping: boolean) => {
      const game = table(seaquest({ stickyActionProb: 0, difficultyRamping }), 2)
      /** Sides and lanes in whose first cell an enemy is. */
      const atTheSides = () => [...look(game, 5), ...look(game, 6)].filter(([, column]) => column === 0 || column === 9).map(String)
      let count = 0
      for (let frame = 0; frame < 1500; frame++) {
        Object.assign(game.state, { [ABOARD]: 2, [OXYGEN]: 200 })
        const before = new Set(atTheSides())
        game.step(frame % 40 === 0 ? DOWN : frame % 40 === 1 ? UP : NOTHING)
        game.revive()
        if (atTheSides().some((cell) => !before.has(cell))) count++
      }
      return count
    }
    expect(entries(true)).toBeGreaterThan(2 * entries(false))
  })
})
