/**
 * What the worlds of this folder share: their units, their frames, and how ground, parts and joints are made.
 *
 * Lengths are metres, masses kilograms. The sizes of the bodies were once drawn on a screen of 600 × 400 pixels, 30 to the metre.
 * Source: Gymnasium 1.4 (envs/box2d), which runs Box2D in float32; planck computes in float64, so numbers agree to about 1e-6 until the
 * first hard contact and then drift apart.
 */
import type { Body, Contact, FixtureProxy, Planck, RevoluteJoint, World } from './planck.js'

export const SCALE = 30 // pixels per metre
export const WIDTH = 600 / SCALE // m, of the part in sight
export const HEIGHT = 400 / SCALE // m
export const FPS = 50 // frames per second; one step is one frame

const VELOCITY_ITERATIONS = 6 * 30 // of the solver, per frame
const POSITION_ITERATIONS = 2 * 30

/** Parts touch the ground and never each other. */
const GROUND = 0x0001
const PART = 0x0020

export type Point = readonly [x: number, y: number]

export interface Physics {
  readonly planck: Planck
  readonly world: World
}

/** @param gravity m/s², upward */
export function physics(planck: Planck, gravity: number): Physics {
  const world = new planck.World({ x: 0, y: gravity })
  const inside = world as unknown as Inside
  inside.findNewContacts = () => findInOrder(inside)
  return { planck, world }
}

/** What a world has and planck's types leave out. */
interface Inside {
  findNewContacts(): void
  createContact(a: FixtureProxy, b: FixtureProxy): void
  readonly m_broadPhase: { updatePairs(found: (a: FixtureProxy, b: FixtureProxy) => void): void }
}

/**
 * New contacts in the order of their proxies, as Box2D has them; planck takes them as it finds them. The solver meets contacts in this
 * order, and where it must move bodies far, as when the walker's knees snap into their limits, the order decides where they end.
 */
function findInOrder(world: Inside): void {
  const pairs: (readonly [FixtureProxy, FixtureProxy])[] = []
  world.m_broadPhase.updatePairs((a, b) => pairs.push([a, b]))
  pairs.sort(([a1, b1], [a2, b2]) => a1.proxyId - a2.proxyId || b1.proxyId - b2.proxyId)
  for (const [a, b] of pairs) world.createContact(a, b) // none is made where there is one already
}

/** One frame. */
export function advance({ world }: Physics): void {
  world.step(1 / FPS, VELOCITY_ITERATIONS, POSITION_ITERATIONS)
}

/** A body that never moves, to which ground is added. */
export const ground = ({ world }: Physics): Body => world.createBody()

/** A line that bears weight. */
export function addEdge({ planck }: Physics, body: Body, from: Point, to: Point, friction: number): void {
  body.createFixture({ shape: new planck.EdgeShape(vector(from), vector(to)), friction })
}

/** A convex block of ground. */
export function addBlock({ planck }: Physics, body: Body, corners: readonly Point[], friction: number): void {
  body.createFixture({ shape: new planck.PolygonShape(corners.map(vector)), friction })
}

/** Whether a fixture is ground, by its category. */
export const isGround = (category: number): boolean => (category & GROUND) !== 0

export interface PartDefinition {
  readonly position: Point
  /** rad, counterclockwise. Default 0. */
  readonly angle?: number
  /** m, around its own position; convex, counterclockwise. */
  readonly outline: readonly Point[]
  /** kg/m². */
  readonly density: number
  /** Default 0.2. */
  readonly friction?: number
}

/** A rigid body that moves, and its outline for drawing. */
export interface Part {
  readonly body: Body
  readonly outline: readonly Point[]
}

export function part({ planck, world }: Physics, { position, angle = 0, outline, density, friction = 0.2 }: PartDefinition): Part {
  const body = world.createBody({ type: 'dynamic', position: vector(position), angle })
  body.createFixture({
    shape: new planck.PolygonShape(outline.map(vector)),
    density,
    friction,
    restitution: 0,
    filterCategoryBits: PART,
    filterMaskBits: GROUND,
  })
  body.setMassData(massOf(outline, density)) // planck 1.4.2 misplaces the centre of a polygon that is not symmetric
  return { body, outline }
}

/** Mass (kg), its centre (m) and its moment of inertia around the position (kg·m²) of a polygon. @param density kg/m² */
export function massOf(outline: readonly Point[], density: number): { mass: number; center: { x: number; y: number }; I: number } {
  let [area, momentX, momentY, second] = [0, 0, 0, 0]
  outline.forEach(([x1, y1], i) => {
    const [x2, y2] = outline[(i + 1) % outline.length]!
    const cross = x1 * y2 - y1 * x2
    area += cross / 2
    momentX += ((x1 + x2) * cross) / 6
    momentY += ((y1 + y2) * cross) / 6
    second += ((x1 * x1 + x1 * x2 + x2 * x2 + y1 * y1 + y1 * y2 + y2 * y2) * cross) / 12
  })
  return { mass: density * area, center: { x: momentX / area, y: momentY / area }, I: density * second }
}

/** The outline of a rectangle around a position. @param halfWidth m @param halfHeight m */
export function rectangle(halfWidth: number, halfHeight: number): readonly Point[] {
  return [
    [-halfWidth, -halfHeight],
    [halfWidth, -halfHeight],
    [halfWidth, halfHeight],
    [-halfWidth, halfHeight],
  ]
}

export interface HingeDefinition {
  readonly from: Part
  readonly to: Part
  /** Where on each part, relative to its position, m. */
  readonly fromAt: Point
  readonly toAt: Point
  /** The angle of `to` against `from`, counted from where they are when the joint is made, stays within these, rad. */
  readonly limits: readonly [lower: number, upper: number]
  /** The speed that the motor aims at, rad/s, and the most torque it has for that, N·m. */
  readonly speed: number
  readonly torque: number
}

/** A joint that turns within limits, driven by a motor. */
export function hinge({ planck, world }: Physics, { from, to, fromAt, toAt, limits, speed, torque }: HingeDefinition): RevoluteJoint {
  const joint = new planck.RevoluteJoint({
    bodyA: from.body,
    bodyB: to.body,
    localAnchorA: vector(fromAt),
    localAnchorB: vector(toAt),
    referenceAngle: to.body.getAngle() - from.body.getAngle(),
    enableLimit: true,
    lowerAngle: limits[0],
    upperAngle: limits[1],
    enableMotor: true,
    motorSpeed: speed,
    maxMotorTorque: torque,
  })
  world.createJoint(joint)
  return joint
}

/** How a part touches the ground. */
export interface Touch {
  /** Set when a contact begins, cleared when one ends, even if another of the same part goes on: so does Gymnasium. */
  now: boolean
  ever: boolean
}

export function watchTouch({ world }: Physics, { body }: Part): Touch {
  const touch: Touch = { now: false, ever: false }
  const concerns = (contact: Contact) => contact.getFixtureA().getBody() === body || contact.getFixtureB().getBody() === body
  world.on('begin-contact', (contact) => {
    if (concerns(contact)) {
      touch.now = true
      touch.ever = true
    }
  })
  world.on('end-contact', (contact) => {
    if (concerns(contact)) touch.now = false
  })
  return touch
}

/** The outline where the part is now, in the world. */
export function placed({ body, outline }: Part): Point[] {
  return outline.map((corner) => {
    const { x, y } = body.getWorldPoint(vector(corner))
    return [x, y]
  })
}

export const vector = ([x, y]: Point): { x: number; y: number } => ({ x, y })
