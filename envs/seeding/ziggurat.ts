/**
 * Normal and exponential draws by the ziggurat method, draw for draw as NumPy makes them.
 *
 * Nearly every draw (99 in 100) is one 64-bit output, one product and one comparison; the rest falls into a wedge or the tail.
 * Source: Marsaglia & Tsang 2000, "The ziggurat method for generating random variables"; Doornik 2005; NumPy 2.4.
 */
import type { Generator } from './generator.js'
import { EXPONENTIAL_HEIGHT, EXPONENTIAL_INSIDE, EXPONENTIAL_WIDTH, NORMAL_HEIGHT, NORMAL_INSIDE, NORMAL_WIDTH } from './ziggurat-tables.js'

const NORMAL_TAIL = 3.654152885361009 // where the base layer of the normal ends
const NORMAL_TAIL_INVERSE = 0.2736612373297583
const EXPONENTIAL_TAIL = 7.69711747013105 // where the base layer of the exponential ends

export function drawNormal(random: Generator): number {
  const bits = random.bits
  for (;;) {
    bits.next()
    // from the lowest bit: 8 choose the layer, 1 the sign, 52 the place inside
    const layer = bits.low & 0xff
    const negative = (bits.low & 0x100) !== 0
    const place = ((bits.high & 0x1fffffff) >>> 0) * 8388608 + (bits.low >>> 9)
    const x = (negative ? -1 : 1) * (place * NORMAL_WIDTH[layer]!)
    if (place < NORMAL_INSIDE[layer]!) return x
    if (layer === 0) return normalTail(random, (bits.low & 0x20000) !== 0)
    const bottom = NORMAL_HEIGHT[layer]!
    if ((NORMAL_HEIGHT[layer - 1]! - bottom) * random.random() + bottom < Math.exp(-0.5 * x * x)) return x
  }
}

function normalTail(random: Generator, negative: boolean): number {
  for (;;) {
    const beyond = -NORMAL_TAIL_INVERSE * Math.log1p(-random.random())
    const height = -Math.log1p(-random.random())
    if (height + height > beyond * beyond) return negative ? -(NORMAL_TAIL + beyond) : NORMAL_TAIL + beyond
  }
}

export function drawExponential(random: Generator): number {
  const bits = random.bits
  for (;;) {
    bits.next()
    // from the lowest bit: 3 unused, 8 choose the layer, 53 the place inside
    const layer = (bits.low >>> 3) & 0xff
    const place = (bits.high >>> 0) * 2097152 + (bits.low >>> 11)
    const x = place * EXPONENTIAL_WIDTH[layer]!
    if (place < EXPONENTIAL_INSIDE[layer]!) return x
    if (layer === 0) return EXPONENTIAL_TAIL - Math.log1p(-random.random())
    const bottom = EXPONENTIAL_HEIGHT[layer]!
    if ((EXPONENTIAL_HEIGHT[layer - 1]! - bottom) * random.random() + bottom < Math.exp(-x)) return x
  }
}
