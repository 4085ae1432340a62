/** What the spaces check alike: parts, shapes, and the choices of a sample. Every refusal says where, what was expected, and what came. */
import { EnvError } from '../errors.js'
import { didYouMean } from '../suggest.js'
import { describeElement } from './describe.js'
import type { Space, SpaceKind } from './space.js'

const METHODS = ['seed', 'sample', 'contains', 'equals', 'toJSON', 'random', 'copy', 'seedUnseeded'] as const

export function isSpace(value: unknown): value is Space {
  if (value === null || typeof value !== 'object') return false
  const { kind, size, ...space } = value as Record<string, unknown>
  return (
    typeof kind === 'string' && (size === Infinity || Number.isSafeInteger(size)) && METHODS.every((m) => typeof space[m] === 'function')
  )
}

/** Whether a value is a space of this kind. */
export function isKind<S extends Space>(value: unknown, kind: S['kind'] & SpaceKind): value is S {
  return isSpace(value) && value.kind === kind
}

/** @throws EnvError unless `value` is a space */
export function checkSpace(where: string, value: unknown): asserts value is Space {
  if (!isSpace(value)) throw new EnvError(`${where}: expected a space, got ${describeElement(value)}`)
}

/** @returns how many elements the shape has @throws RangeError unless a list of whole numbers of at least `least` */
export function checkShape(where: string, shape: unknown, least = 0): number {
  if (!Array.isArray(shape) || !shape.every((side) => Number.isSafeInteger(side) && side >= least)) {
    const got = Array.isArray(shape) ? `[${shape.join(', ')}]` : describeElement(shape)
    throw new RangeError(`${where}: shape must hold whole numbers of at least ${least}, got ${got}`)
  }
  return shape.reduce((product: number, side: number) => product * side, 1)
}

/** @throws RangeError unless a whole number of at least `least` */
export function checkWhole(where: string, name: string, value: unknown, least: number): asserts value is number {
  if (!Number.isSafeInteger(value) || (value as number) < least) {
    throw new RangeError(`${where}: ${name} must be a whole number of at least ${least}, got ${describeElement(value)}`)
  }
}

/** @throws EnvError for choices that are none, a name nobody knows, or a mask beside probabilities */
export function checkChoices(where: string, choices: unknown, names: readonly string[] = ['mask', 'p']): void {
  if (choices === null || typeof choices !== 'object' || Array.isArray(choices)) {
    throw new EnvError(`${where}: expected an object with ${names.join(' or ')}, got ${describeElement(choices)}`)
  }
  for (const name in choices) {
    if (!names.includes(name))
      throw new EnvError(`${where}: unknown choice "${name}"; it has ${names.join(', ')}.${didYouMean(name, names)}`)
  }
  const { mask, p } = choices as { readonly mask?: unknown; readonly p?: unknown }
  if (isGiven(mask) && isGiven(p)) throw new EnvError(`${where}: give a mask or probabilities, not both`)
}

/** Null and absent alike mean no restriction, so that a mask of a Dict can leave some of its parts open. */
export const isGiven = <T>(choice: T | null | undefined): choice is T => choice !== null && choice !== undefined

/** A plain or typed array: what holds numbers, one after the other. */
export function isNumberList(value: unknown): value is ArrayLike<number> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView) && !isBigIntArray(value))
}

const isBigIntArray = (value: unknown) => value instanceof BigInt64Array || value instanceof BigUint64Array

/** Alphabetical by code point, as Python sorts: JavaScript's own order is by half a surrogate pair. */
export function byCodePoint(a: string, b: string): number {
  const [left, right] = [Array.from(a), Array.from(b)]
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    if (left[i] !== right[i]) return left[i]!.codePointAt(0)! - right[i]!.codePointAt(0)!
  }
  return left.length - right.length
}
