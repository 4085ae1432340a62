/**
 * How a Box samples: uniform between two bounds, exponential from one, normal with none; whole numbers are drawn up to the next one and
 * rounded down. The order of draws is NumPy's: all unbounded numbers first, then those bounded below, above, and on both sides.
 * Everything that depends on the bounds alone is worked out once, so that a sample costs its draws and one array.
 */
import type { Generator } from '../seeding/generator.js'

/** Fills an array of the box's type and size with a sample. `below` and `above`: which bounds are finite. */
export function sampler(
  low: ArrayLike<number>,
  high: ArrayLike<number>,
  below: readonly boolean[],
  above: readonly boolean[],
  whole: boolean,
): <A extends { [index: number]: number }>(random: Generator, out: A) => A {
  const where = (isBelow: boolean, isAbove: boolean) =>
    Int32Array.from([...below.keys()].filter((i) => below[i] === isBelow && above[i] === isAbove))
  const unbounded = where(false, false)
  const halfBelow = where(true, false)
  const halfAbove = where(false, true)
  const both = where(true, true)
  const least = Float64Array.from(low)
  const most = Float64Array.from(high)
  const top = whole ? most.map((value) => value + 1) : most
  const fractions = new Float64Array(whole ? low.length : 0)

  return (random, out) => {
    const drawn = whole ? fractions : out
    for (let k = 0; k < unbounded.length; k++) drawn[unbounded[k]!] = random.normal()
    for (let k = 0; k < halfBelow.length; k++) drawn[halfBelow[k]!] = random.exponential() + least[halfBelow[k]!]!
    for (let k = 0; k < halfAbove.length; k++) drawn[halfAbove[k]!] = -random.exponential() + top[halfAbove[k]!]!
    for (let k = 0; k < both.length; k++) drawn[both[k]!] = random.uniform(least[both[k]!], top[both[k]!])
    for (let i = 0; i < fractions.length; i++) out[i] = Math.min(Math.max(Math.floor(fractions[i]!), least[i]!), most[i]!)
    return out
  }
}
