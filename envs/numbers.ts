/** Numbers in JSON without loss: JSON has no NaN and no infinity, and forgets the sign of −0. They are written as strings. */
import type { Json } from './json.js'

const SPECIAL: Readonly<Record<string, number>> = { NaN: Number.NaN, Infinity: Infinity, '-Infinity': -Infinity, '-0': -0 }

export function encodeNumbers(numbers: ArrayLike<number>): Json[] {
  return Array.from(numbers, (x) => (Number.isFinite(x) ? (Object.is(x, -0) ? '-0' : x) : String(x)))
}

/** @returns the numbers, or null when `encoded` is not a list of `length` numbers */
export function decodeNumbers(encoded: Json | undefined, length: number): number[] | null {
  if (!Array.isArray(encoded) || encoded.length !== length) return null
  const numbers = encoded.map((x: Json) => (typeof x === 'number' ? x : typeof x === 'string' ? SPECIAL[x] : undefined))
  return numbers.every((x) => x !== undefined) ? numbers : null
}
