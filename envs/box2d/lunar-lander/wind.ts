/**
 * Wind pushes the lander and turbulence turns it, until a leg touches the ground. Both follow tanh(sin(2kt) + sin(πkt)) with k = 0.01,
 * which never repeats, from a random point of it on. Source: Gymnasium 1.4.
 */
import type { Generator } from '../../seeding/generator.js'
import type { Body } from '../planck.js'

const EARLIEST = -9999 // frame where a pattern may begin
const LATEST = 9999 // not included

/** The wind of one episode. Each call is one frame. */
export type Wind = (hull: Body) => void

/** @param power N, at most @param turbulence N·m, at most */
export function wind(random: Generator, power: number, turbulence: number): Wind {
  let windFrame = random.integers(EARLIEST, LATEST)
  let torqueFrame = random.integers(EARLIEST, LATEST)
  return (hull) => {
    hull.applyForceToCenter({ x: gust(windFrame++) * power, y: 0 }, true)
    hull.applyTorque(gust(torqueFrame++) * turbulence, true)
  }
}

/** Within ±1. */
const gust = (frame: number) => Math.tanh(Math.sin(0.02 * frame) + Math.sin(Math.PI * 0.01 * frame))
