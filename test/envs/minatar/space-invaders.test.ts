import { describe, expect, test } from 'vitest'
import { ALIENS, HEADING, spaceInvaders, THEIRS, TO_MOVE, WAVE } from '../../../envs/minatar/space-invaders.js'
import { cells, type Table, table } from '../../support/minatar.js'

const look = (game: Table) => {
  const image = game.image()
  const [cannon, aliens, left, right, ours, theirs] = [0, 1, 2, 3, 4, 5].map((channel) => cells(image, 6, channel))
  return { cannon: cannon!, aliens: aliens!, left: left!, right: right!, ours: ours!, theirs: theirs! }
}

/** Goes to the nearest column with aliens and shoots. */
function shooter(game: Table): number {
  const { cannon, aliens } = look(game)
  const far = aliens.map(([, column]) => column - cannon[0]![1]).sort((a, b) => Math.abs(a) - Math.abs(b))[0]!
  return far === 0 ? 3 : far < 0 ? 1 : 2
}

/** No aliens but these, no bullets. */
function placed(aliens: Readonly<Record<number, number>>, heading: number): Table {
  const game = table(spaceInvaders({ stickyActionProb: 0 }))
  for (let row = 0; row < 10; row++) game.state[ALIENS + row] = aliens[row] ?? 0
  game.state[HEADING] = heading
  game.state[TO_MOVE] = 1
  return game
}

describe('SpaceInvaders', () => {
  test('aliens head one way together; a reward is an alien less; bullets fly one cell a frame', () => {
    for (let seed = 0; seed < 10; seed++) {
      const game = table(spaceInvaders(), seed)
      for (let before = look(game); !game.over; ) {
        const reward = game.step(game.random.integers(0, 4))
        const now = look(game)
        const wave = game.state[WAVE]
        if (wave === 0) expect(reward).toBe(before.aliens.length - now.aliens.length)
        expect([now.left, now.right]).toContainEqual(now.aliens)
        expect([now.left, now.right]).toContainEqual([])
        for (const [row, column] of before.theirs) if (row < 9) expect(now.theirs).toContainEqual([row + 1, column])
        for (const [row, column] of now.ours) if (row < 8) expect(before.ours).toContainEqual([row + 1, column])
        before = now
      }
    }
  })

  test.each([
    [1, 1],
    [3, 3],
    [7, 7],
    [24, 11],
  ])('%i aliens move once in %i frames', (count, frames) => {
    const bits = (n: number) => ((1 << n) - 1) << 2
    const game = placed({ 1: bits(Math.min(count, 6)), 2: bits(Math.min(Math.max(count - 6, 0), 6)) }, 1)
    if (count === 24) for (const row of [1, 2, 3, 4]) game.state[ALIENS + row] = bits(6)
    const first = () => Math.min(...look(game).aliens.map(([, column]) => column))
    game.step(0) // the first move; from here on the pace counts
    const from = first()
    for (let frame = 1; frame <= frames; frame++) {
      expect(first()).toBe(from)
      game.step(0)
      game.revive()
    }
    expect(first()).toBe(from + 1)
  })

  test('waves follow one another, each a little faster', () => {
    const game = table(spaceInvaders({ stickyActionProb: 0 }), 4)
    let total = 0
    const paces: number[] = []
    for (let frame = 0; frame < 3000 && game.state[WAVE]! < 3; frame++) {
      const wave = game.state[WAVE]!
      total += game.step(shooter(game))
      game.revive()
      if (game.state[WAVE] === wave) continue
      expect(look(game).aliens.length).toBe(24)
      paces.push(game.state[TO_MOVE]!)
    }
    expect([total, paces]).toEqual([72, [10, 9, 8]])
  })

  test('the last alien moves every frame', () => {
    const game = placed({ 1: 1 << 2 }, 1)
    const columns = Array.from({ length: 5 }, () => {
      game.step(0)
      return look(game).aliens[0]
    })
    expect(columns).toEqual([
      [1, 3],
      [1, 4],
      [1, 5],
      [1, 6],
      [1, 7],
    ])
  })

  test('at the edge all go down and turn', () => {
    const game = placed({ 1: 1 << 9, 2: 1 << 8 }, 1)
    game.step(0)
    const { aliens, left } = look(game)
    expect(aliens).toEqual([
      [2, 9],
      [3, 8],
    ])
    expect(left).toEqual(aliens)
  })

  test('ends when an alien lands or a bullet hits, and not when a bullet passes', () => {
    const landing = placed({ 8: 1 << 9 }, 1)
    landing.step(0)
    expect(landing.over).toBe(true)

    const hit = placed({ 1: 1 << 2 }, 1)
    hit.state[THEIRS + 8] = 1 << 5
    hit.step(0)
    expect(hit.over).toBe(true)

    const passed = placed({ 1: 1 << 2 }, 1)
    passed.state[THEIRS + 8] = 1 << 6
    passed.step(1) // away
    expect(passed.over).toBe(false)

    const into = placed({ 1: 1 << 2 }, 1)
    into.state[THEIRS + 9] = 1 << 6
    into.step(2)
    expect(into.over).toBe(true)
  })

  test('without ramping every wave is like the first', () => {
    const game = table(spaceInvaders({ stickyActionProb: 0, difficultyRamping: false }), 4)
    let total = 0
    for (let frame = 0; frame < 3000 && total < 30; frame++) {
      total += game.step(shooter(game))
      game.revive()
    }
    expect(total).toBeGreaterThanOrEqual(30)
    expect(game.state[WAVE]).toBe(0)
  })
})
