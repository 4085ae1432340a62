/**
 * The straight line that takes a Box to other bounds, and its way back. Numbers that are open on a side stay open there and are only shifted.
 *
 * Source: equal to Gymnasium's rescale_box, whose slope and offset have the type of the Box: in a float32 Box every operation rounds to
 * float32, and so here.
 */
import { EnvError } from '../errors.js'
import { type Box, box } from '../spaces/box.js'
import { describeSpace } from '../spaces/describe.js'

export interface Rescaling {
  /** The Box with its new bounds. */
  readonly space: Box
  /** Number `i` of an element, from the old bounds to the new ones. */
  forward(value: number, i: number): number
  /** And back. */
  backward(value: number, i: number): number
}

export interface Bounds {
  /** One bound for all, or one each. */
  readonly min: number | ArrayLike<number>
  readonly max: number | ArrayLike<number>
}

/**
 * @throws EnvError for a Box of whole numbers; RangeError unless min < max everywhere, and infinite exactly where the Box is, on the same side.
 * Where the Box is a single point, so must the new bounds be, or the line would stand upright.
 */
export function rescaling(where: string, from: Box, { min, max }: Bounds): Rescaling {
  const { low, high, shape, dtype, size } = from
  if (!dtype.startsWith('float')) throw new EnvError(`${where}: expected a Box of float32 or float64, got ${describeSpace(from)}`)
  const round = dtype === 'float32' ? Math.fround : (x: number) => x
  const slope = new Float64Array(size)
  const offset = new Float64Array(size)
  const lows = bound(where, 'lower', min, size)
  const highs = bound(where, 'upper', max, size)
  for (let i = 0; i < size; i++) {
    const [l, h, newLow, newHigh] = [low[i]!, high[i]!, lows[i]!, highs[i]!]
    matchOpen(where, i, l, newLow)
    matchOpen(where, i, h, newHigh)
    if (!(newLow < newHigh))
      throw new RangeError(`${where}: bounds must rise from lower to upper, got ${newLow} and ${newHigh} at index ${i}`)
    if (l === h) throw new RangeError(`${where}: number ${i} of the Box can only be ${l}, which cannot be rescaled`)
    const closed = Number.isFinite(newLow) && Number.isFinite(newHigh)
    slope[i] = closed ? round((newHigh - newLow) / (h - l)) : 1
    if (Number.isFinite(newLow)) offset[i] = round(round(slope[i]! * -l) + newLow)
    else if (Number.isFinite(newHigh)) offset[i] = round(newHigh - h)
  }
  return {
    space: box({ low: lows, high: highs, shape, dtype }),
    forward: (value, i) => round(round(slope[i]! * value) + offset[i]!),
    backward: (value, i) => round(round(value - offset[i]!) / slope[i]!),
  }
}

function bound(where: string, name: string, given: number | ArrayLike<number>, size: number): Float64Array {
  if (typeof given === 'number') return new Float64Array(size).fill(given)
  if (given.length !== size) throw new RangeError(`${where}: expected ${size} ${name} bounds, one for each number, got ${given.length}`)
  return Float64Array.from(given)
}

function matchOpen(where: string, i: number, old: number, now: number): void {
  if (Number.isFinite(old) && Number.isFinite(now)) return
  if (old === now) return
  throw new RangeError(
    `${where}: number ${i} has the bound ${old}, which cannot become ${now}: a bound that is infinite must stay so, and no other can become so`,
  )
}
