import { describe, expect, test } from 'vitest'
import { asterix } from '../../../envs/minatar/asterix.js'
import { type Cell, cells, type Table, table } from '../../support/minatar.js'

const look = (game: Table) => {
  const image = game.image()
  return { player: cells(image, 4, 0), enemies: cells(image, 4, 1), trails: cells(image, 4, 2), gold: cells(image, 4, 3) }
}

/** Cells from the nearest thing in a row to a column; Infinity when the row is empty. */
const nearest = (things: readonly Cell[], row: number, column: number) =>
  Math.min(...things.filter(([r]) => r === row).map(([, c]) => Math.abs(c - column)))

describe('Asterix', () => {
  test('lanes hold one thing at a time, the player keeps to them, and the end is an enemy where the player is', () => {
    for (let seed = 0; seed < 20; seed++) {
      const game = table(asterix(), seed)
      while (!game.over) {
        const before = look(game)
        const reward = game.step(game.random.integers(0, 5))
        const { player, enemies, trails, gold } = look(game)
        const lanes = [...enemies, ...gold].map(([row]) => row)
        expect(new Set(lanes).size).toBe(lanes.length)
        for (const [lane] of [...player, ...enemies, ...gold]) expect(lane >= 1 && lane <= 8).toBe(true)
        for (const [lane, place] of trails) expect(nearest([...enemies, ...gold], lane, place)).toBe(1)
        for (const [lane, place] of [...before.enemies, ...before.gold]) {
          if (nearest([...enemies, ...gold], lane, place) === 1) expect(trails).toContainEqual([lane, place]) // where it came from
        }
        expect(player.length).toBe(1)
        expect(gold).not.toContainEqual(player[0])
        const [row, column] = player[0]!
        if (game.over) expect(nearest([...before.enemies, ...enemies], row, column)).toBeLessThanOrEqual(1)
        else expect(nearest(enemies, row, column)).toBeGreaterThan(0)
        if (reward > 0) expect(reward).toBe(1)
      }
    }
  })

  test('three tenths of what enters is gold, from both sides alike', () => {
    const game = table(asterix({ difficultyRamping: false }), 0)
    const seen = { gold: 0, enemies: 0, left: 0, right: 0 }
    for (let frame = 0; frame < 30_000; frame++) {
      const before = look(game)
      game.step(0)
      game.revive()
      const now = look(game)
      for (const kind of ['gold', 'enemies'] as const) {
        for (const [row, column] of now[kind]) {
          if ((column !== 0 && column !== 9) || [...before.gold, ...before.enemies].some(([r]) => r === row)) continue
          seen[kind]++
          seen[column === 0 ? 'left' : 'right']++
        }
      }
    }
    expect(seen.gold / (seen.gold + seen.enemies)).toBeCloseTo(0.3, 1)
    expect(seen.left / (seen.left + seen.right)).toBeCloseTo(0.5, 1)
  })

  test('things become faster and more frequent with time, unless they should not', () => {
    /** How often anything moved in a hundred frames from `from` on. */
    const moves = (difficultyRamping: boolean, from: number) => {
      const game = table(asterix({ difficultyRamping }), 5)
      let count = 0
      for (let frame = 0; frame < from + 100; frame++) {
        const before = [...look(game).enemies, ...look(game).gold]
        game.step(0)
        game.revive()
        const places = new Set([...look(game).enemies, ...look(game).gold].map(String))
        if (frame >= from && before.some((cell) => !places.has(String(cell)))) count++
      }
      return count
    }
    expect(moves(true, 1500)).toBeGreaterThan(90) // every frame
    expect(moves(true, 0)).toBeLessThan(30)
    expect(moves(false, 1500)).toBeLessThan(30)
  })
})
