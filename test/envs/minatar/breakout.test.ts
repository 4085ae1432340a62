import { describe, expect, test } from 'vitest'
import { BRICKS, breakout, COLUMN, DOWNWARD, PADDLE, RIGHTWARD, ROW } from '../../../envs/minatar/breakout.js'
import { type Cell, cells, type Table, table } from '../../support/minatar.js'

const look = (game: Table) => {
  const image = game.image()
  const [paddle, ball, trail, bricks] = [0, 1, 2, 3].map((channel) => cells(image, 4, channel)) as [Cell[], Cell[], Cell[], Cell[]]
  return { paddle, ball, trail, bricks }
}

/** A ball at a place with a direction, the paddle somewhere, bricks as bits of rows 1 to 3. */
function placed(ball: Cell, [down, right]: Cell, paddle: number, bricks: readonly number[] = [1023, 1023, 1023]): Table {
  const game = table(breakout({ stickyActionProb: 0 }))
  Object.assign(game.state, { [ROW]: ball[0], [COLUMN]: ball[1], [DOWNWARD]: down, [RIGHTWARD]: right, [PADDLE]: paddle })
  bricks.forEach((bits, i) => {
    game.state[BRICKS + 1 + i] = bits
  })
  return game
}

/** Where the ball is after each of some frames in which the paddle rests. */
const path = (game: Table, frames: number) =>
  Array.from({ length: frames }, () => {
    game.step(0)
    return look(game).ball[0]
  })

describe('Breakout', () => {
  test('one ball, one paddle; the trail is where the ball was; a reward is a brick; the end is a ball at the bottom', () => {
    for (let seed = 0; seed < 30; seed++) {
      const game = table(breakout(), seed)
      for (let before = look(game); !game.over; ) {
        const reward = game.step(game.random.integers(0, 3))
        const now = look(game)
        expect([now.ball.length, now.paddle.length, now.paddle[0]![0]]).toEqual([1, 1, 9])
        expect(now.trail).toEqual(before.ball)
        expect(reward).toBe(before.bricks.length - now.bricks.length)
        expect(now.bricks).not.toContainEqual(now.ball[0])
        expect(Math.abs(now.paddle[0]![1] - before.paddle[0]![1])).toBeLessThanOrEqual(1)
        expect(game.over).toBe(now.ball[0]![0] === 9)
        before = now
      }
    }
  })

  test('whoever stays under the ball never loses, breaks all bricks and gets new ones', () => {
    const game = table(breakout({ stickyActionProb: 0 }), 1)
    let [total, refills] = [0, 0]
    for (let frame = 0; frame < 3000; frame++) {
      const { paddle, ball, bricks } = look(game)
      const far = ball[0]![1] - paddle[0]![1]
      total += game.step(far === 0 ? 0 : far < 0 ? 1 : 2)
      if (look(game).bricks.length > bricks.length) {
        expect([bricks.length, look(game).bricks.length]).toEqual([0, 30])
        refills++
      }
    }
    expect(game.over).toBe(false)
    expect(refills).toBeGreaterThan(0)
    expect(total).toBeGreaterThan(30)
  })

  test('walls reflect: the coordinate stays for one frame, then turns', () => {
    expect(path(placed([5, 8], [1, 1], 0), 3)).toEqual([
      [6, 9],
      [7, 9],
      [8, 8],
    ])
    expect(path(placed([1, 4], [-1, 1], 0, [0, 0, 0]), 3)).toEqual([
      [0, 5],
      [0, 6],
      [1, 7],
    ])
  })

  test('a brick is broken and sends the ball back; with a brick beside it, too, the ball turns round', () => {
    const under = placed([4, 4], [-1, 1], 0)
    expect(under.step(0)).toBe(1)
    expect(look(under).ball).toEqual([[4, 5]])
    expect(look(under).bricks).not.toContainEqual([3, 5])
    expect(path(under, 1)).toEqual([[5, 6]])

    const gap = placed([3, 4], [-1, 1], 0, [1023, 1023, 1023 & ~(1 << 4)]) // in a gap of the lowest row
    expect(gap.step(0)).toBe(1)
    expect(look(gap).bricks).not.toContainEqual([2, 5])
    expect(path(gap, 1)).toEqual([[4, 3]])
  })

  test('the side of the paddle that is hit decides where the ball goes', () => {
    expect(path(placed([8, 4], [1, 1], 4), 2)).toEqual([
      [8, 5], // over the paddle: on to the right
      [7, 6],
    ])
    expect(path(placed([8, 4], [1, 1], 5), 2)).toEqual([
      [8, 4], // the paddle's left corner: back to the left
      [7, 3],
    ])
    const missed = placed([8, 4], [1, 1], 7)
    expect([missed.step(0), missed.over]).toEqual([0, true])
  })
})
