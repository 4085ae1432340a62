/**
 * Named parts. Elements are plain objects with one element of each part; the parts are sorted by name unless told otherwise, and that
 * order is the order of seeds and of flat forms. Source: equal to Gymnasium's Dict.
 */
import { EnvError } from '../errors.js'
import { byCodePoint, checkChoices, checkSpace, isGiven, isKind } from './check.js'
import { describeElement } from './describe.js'
import type { ElementOf, MaskOf, ProbabilitiesOf, Space, SpaceSeed } from './space.js'
import { childSeeds, streamOver, withStreamOf } from './stream.js'

export type Spaces = Readonly<Record<string, Space>>

export interface Dict<S extends Spaces = Spaces> extends Space<{ readonly [K in keyof S]: ElementOf<S[K]> }> {
  readonly kind: 'dict'
  /** The parts, in order. */
  readonly spaces: S
  /** Names of the parts, in order. */
  readonly keys: readonly string[]
  sample(choices?: DictChoices<S>): { readonly [K in keyof S]: ElementOf<S[K]> }
  copy(): Dict<S>
}

export interface DictChoices<S extends Spaces = Spaces> {
  /** What each part takes as its mask; null where it is free. */
  readonly mask?: { readonly [K in keyof S]: MaskOf<S[K]> } | null
  readonly p?: { readonly [K in keyof S]: ProbabilitiesOf<S[K]> } | null
}

export interface DictOptions {
  /** Default true. A list of pairs keeps its own order. */
  readonly sortKeys?: boolean
}

/** @throws EnvError unless every part is a space and has a name of its own */
export function dict<const S extends Spaces>(spaces: S, options?: DictOptions): Dict<S>
export function dict(spaces: readonly (readonly [key: string, space: Space])[]): Dict
export function dict(spaces: Spaces | readonly (readonly [key: string, space: Space])[], { sortKeys = true }: DictOptions = {}): Dict {
  const parts = partsOf(spaces, sortKeys)
  const keys = parts.map(([key]) => key)
  const stream = streamOver(
    'dict',
    parts.map(([, part]) => part),
  )
  const each = <T>(value: (part: Space, key: string) => T) =>
    Object.fromEntries(parts.map(([key, part]) => [key, value(part, key)] as const))

  const space: Dict = {
    kind: 'dict',
    size: parts.reduce((sum, [, part]) => sum + part.size, 0),
    spaces: Object.fromEntries(parts),
    keys,
    seed: (seed) => {
      if (isRecord(seed)) {
        checkKeys('Dict.seed', 'seeds', seed, keys)
        for (const [key, part] of parts) part.seed(seed[key] as SpaceSeed)
        return
      }
      stream.seed(seed)
      const seeds = childSeeds(stream.random(), parts.length)
      parts.forEach(([, part], i) => {
        part.seed(seeds[i]!)
      })
    },
    seedUnseeded: stream.seedUnseeded,
    random: stream.random,
    sample: (choices) => {
      if (choices === undefined) return each((part) => part.sample())
      checkChoices('Dict.sample', choices)
      const given = choices.mask ?? choices.p
      if (!isGiven(given)) return space.sample()
      checkKeys('Dict.sample', isGiven(choices.mask) ? 'masks' : 'probabilities', given, keys)
      return each((part, key) => part.sample(isGiven(choices.mask) ? { mask: given[key] } : { p: given[key] }))
    },
    contains: (value): value is Record<string, unknown> =>
      isRecord(value) &&
      Object.keys(value).length === parts.length &&
      parts.every(([key, part]) => Object.hasOwn(value, key) && part.contains(value[key])),
    equals: (other) =>
      isKind<Dict>(other, 'dict') &&
      other.keys.length === keys.length &&
      parts.every(([key, part]) => Object.hasOwn(other.spaces, key) && part.equals(other.spaces[key])),
    toJSON: () => ({ kind: 'dict', spaces: parts.map(([key, part]) => [key, part.toJSON()]) }),
    copy: () => withStreamOf(dict(parts.map(([key, part]) => [key, part.copy()] as const)), space),
  }
  return space
}

function partsOf(spaces: unknown, sortKeys: boolean): readonly (readonly [key: string, space: Space])[] {
  if (!isRecord(spaces) && !Array.isArray(spaces)) {
    throw new EnvError(`dict: expected an object of spaces or a list of [name, space], got ${describeElement(spaces)}`)
  }
  const pairs: readonly unknown[] = Array.isArray(spaces) ? spaces : Object.entries(spaces)
  const parts = pairs.map((pair) => {
    if (!Array.isArray(pair) || pair.length !== 2 || typeof pair[0] !== 'string') {
      throw new EnvError(`dict: expected [name, space], got ${describeElement(pair)}`)
    }
    checkSpace(`dict: "${pair[0]}"`, pair[1])
    return [pair[0], pair[1]] as const
  })
  const twice = parts.find(([key], i) => parts.findIndex(([other]) => other === key) < i)
  if (twice !== undefined) throw new EnvError(`dict: "${twice[0]}" is the name of two parts`)
  return Array.isArray(spaces) || !sortKeys ? parts : [...parts].sort(([a], [b]) => byCodePoint(a, b))
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  value !== null && typeof value === 'object' && !Array.isArray(value) && !ArrayBuffer.isView(value)

function checkKeys(where: string, what: string, value: unknown, keys: readonly string[]): void {
  const got = isRecord(value) ? Object.keys(value) : null
  if (got !== null && got.length === keys.length && keys.every((key) => got.includes(key))) return
  const shown = got === null ? describeElement(value) : `${got.join(', ') || 'none'}`
  throw new EnvError(`${where}: expected ${what} for ${keys.join(', ')}, got ${shown}`)
}
