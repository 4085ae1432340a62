/** The engine's door, and the two places where we do better than it by itself. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { engine, type Planck, planckFor } from '../../../envs/box2d/planck.js'
import { addEdge, advance, ground, massOf, type Point, part, physics, rectangle } from '../../../envs/box2d/world.js'

describe('planckFor', () => {
  test('without planck, says how to install it', async () => {
    const missing = await engine(() => Promise.reject(new Error("Cannot find package 'planck'")))
    expect(() => planckFor('LunarLander', missing)).toThrow(
      "LunarLander: needs the physics engine planck, which could not be loaded. Install it: npm install planck@1.4.2 (Cannot find package 'planck')",
    )
  })

  test('with it, gives it', async () => {
    const found = { World: 1 } as unknown as Planck
    expect(planckFor('LunarLander', await engine(() => Promise.resolve(found)))).toBe(found)
    expect(planckFor('LunarLander').World).toBeTypeOf('function')
  })
})

describe('mass', () => {
  test('of a rectangle, by the textbook', () => {
    const { mass, center, I } = massOf(rectangle(1, 2), 3)
    expect(mass).toBeCloseTo(3 * 2 * 4)
    expect([center.x, center.y]).toBeAllClose([0, 0], 0, 1e-12)
    expect(I).toBeCloseTo((mass * (2 ** 2 + 4 ** 2)) / 12)
  })

  test('moving a polygon moves its centre, and its inertia by the law of Steiner', () => {
    const numbers = fc.double({ min: -5, max: 5, noNaN: true })
    fc.assert(
      fc.property(numbers, numbers, fc.double({ min: 0.1, max: 3, noNaN: true }), (dx, dy, tilt) => {
        const corners: Point[] = [
          [-1, 0],
          [2, -tilt],
          [1, 1],
        ]
        const here = massOf(corners, 2)
        const there = massOf(
          corners.map(([x, y]): Point => [x + dx, y + dy]),
          2,
        )
        expect(there.mass).toBeCloseTo(here.mass, 8)
        expect([there.center.x - here.center.x, there.center.y - here.center.y]).toBeAllClose([dx, dy], 0, 1e-8)
        const own = ({ mass, center, I }: typeof here) => I - mass * (center.x ** 2 + center.y ** 2)
        expect(own(there)).toBeCloseTo(own(here), 6)
      }),
    )
  })

  test('a part has the mass of its outline', () => {
    const outline: Point[] = [
      [-1, -0.3],
      [1.1, -0.3],
      [0.2, 0.3],
      [-1, 0.3],
    ]
    const { body } = part(physics(planckFor('test'), -10), { position: [4, 5], outline, density: 5 })
    const { mass, center, I } = massOf(outline, 5)
    expect(body.getMass()).toBeCloseTo(mass)
    expect([body.getLocalCenter().x, body.getLocalCenter().y]).toBeAllClose([center.x, center.y], 0, 1e-12)
    expect(body.getInertia()).toBeCloseTo(I)
  })
})

test('contacts come in the order in which their fixtures were made', () => {
  const world = physics(planckFor('test'), -10)
  const floor = ground(world)
  for (let i = 0; i < 12; i++) addEdge(world, floor, [i, 0], [i + 1, 0], 1)
  part(world, { position: [6, 0.49], outline: rectangle(3, 0.5), density: 1 })
  advance(world)
  const edges: number[] = []
  for (let contact = world.world.getContactList(); contact; contact = contact.getNext()) {
    edges.push((contact.getFixtureA().getShape() as unknown as { m_vertex1: { x: number } }).m_vertex1.x)
  }
  expect(edges.length).toBeGreaterThan(4)
  expect(edges).toEqual([...edges].sort((a, b) => b - a)) // the list has the newest first
})
