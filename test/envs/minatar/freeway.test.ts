import { describe, expect, test } from 'vitest'
import { freeway } from '../../../envs/minatar/freeway.js'
import { cells, type Table, table } from '../../support/minatar.js'

const look = (game: Table) => {
  const image = game.image()
  const cars = cells(image, 7, 1)
  /** By lane: how many frames a car takes for one cell, and where it is heading. */
  const speeds = cars.map(([row, column]) => {
    for (let speed = 1; speed <= 5; speed++) {
      const trail = cells(image, 7, 1 + speed).find(([r]) => r === row)
      if (trail !== undefined) return { speed, heading: (column - trail[1] + 10) % 10 === 1 ? 1 : -1 }
    }
    throw new Error(`no trail in row ${row}`)
  })
  return { chicken: cells(image, 7, 0)[0]!, cars, speeds }
}

describe('Freeway', () => {
  test('every lane has one car with one trail; the chicken keeps its column and is never in the cell of a car', () => {
    const game = table(freeway(), 1)
    for (let frame = 0; frame < 600; frame++) {
      game.step(game.random.integers(0, 3))
      const { chicken, cars } = look(game)
      expect(cars.map(([row]) => row)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
      expect(chicken[1]).toBe(4)
      expect(cars).not.toContainEqual(chicken)
    }
  })

  test('a trail tells how often and where a car moves; cars come in again on the other side', () => {
    const game = table(freeway(), 2)
    const first = look(game)
    for (let frame = 1; frame <= 60; frame++) {
      game.step(0)
      look(game).cars.forEach(([, column], lane) => {
        const { speed, heading } = first.speeds[lane]!
        const expected = first.cars[lane]![1] + heading * Math.floor(frame / speed)
        expect(column).toBe(((expected % 10) + 10) % 10)
      })
    }
    expect(look(game).speeds).toEqual(first.speeds)
  })

  test('the chicken moves at most once in three frames; at the top it earns 1, begins again, and the cars change their speeds', () => {
    const game = table(freeway({ stickyActionProb: 0 }), 2)
    let [earned, moved] = [0, -3]
    for (let frame = 0; frame < 2499; frame++) {
      const before = look(game)
      const reward = game.step(1)
      const after = look(game)
      earned += reward
      const step = after.chicken[0] - before.chicken[0]
      if (reward === 1) {
        expect([before.chicken[0], after.chicken[0]]).toEqual([1, 9])
        expect(after.speeds).not.toEqual(before.speeds)
      } else expect(after.speeds).toEqual(before.speeds)
      if (step === -1) {
        expect(frame - moved).toBeGreaterThanOrEqual(3)
        moved = frame
      } else expect(step === 0 || after.chicken[0] === 9).toBe(true) // rests, or is sent back
    }
    expect(earned).toBeGreaterThan(5)
  })

  test('ends after 2500 frames, and not before', () => {
    const game = table(freeway(), 0)
    for (let frame = 0; frame < 2499; frame++) game.step(0)
    expect(game.over).toBe(false)
    game.step(0)
    expect(game.over).toBe(true)
  })
})
