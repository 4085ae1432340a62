/**
 * Words: between minLength and maxLength characters out of a set. A character is a Unicode code point, as in Python, so that an emoji
 * is one and not two. Source: equal to Gymnasium's Text.
 */
import { EnvError } from '../errors.js'
import { byCodePoint, checkChoices, checkWhole, isGiven, isKind } from './check.js'
import { describeElement } from './describe.js'
import { checkedList, indicesAllowed } from './discrete.js'
import type { Space } from './space.js'
import { sampleStream, withStreamOf } from './stream.js'

export interface Text extends Space<string> {
  readonly kind: 'text'
  readonly minLength: number
  readonly maxLength: number
  /** In the order that masks, probabilities and flat forms number them. */
  readonly characters: readonly string[]
  /** Where a character stands in that order. @throws EnvError when it is not in the set */
  characterIndex(character: string): number
  sample(choices?: TextChoices): string
  copy(): Text
}

/** The length first, null for a random one; then a number for each character, null for all alike. */
export type TextChoice = readonly [length: number | null, characters: ArrayLike<number> | null]

export interface TextChoices {
  /** 1 where a character may be drawn; all zero gives '' where the space holds it. */
  readonly mask?: TextChoice | null
  /** Probability of each character. */
  readonly p?: TextChoice | null
}

export interface TextOptions {
  /** Default 1. */
  readonly minLength?: number
  /** Characters in their order, or a set of them, which is sorted. Default: the digits, A to Z and a to z. */
  readonly charset?: string | ReadonlySet<string>
}

const ALPHANUMERIC = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** @throws RangeError unless minLength and maxLength are whole numbers with 0 ≤ minLength ≤ maxLength and there are characters to fill it */
export function text(maxLength: number, { minLength = 1, charset = ALPHANUMERIC }: TextOptions = {}): Text {
  checkWhole('text', 'minLength', minLength, 0)
  checkWhole('text', 'maxLength', maxLength, 0)
  if (minLength > maxLength) {
    throw new RangeError(`text: minLength must not be above maxLength, got ${minLength} and ${maxLength}. It is 1 unless you set it.`)
  }
  const characters = charactersOf(charset)
  if (characters.length === 0 && minLength > 0) throw new RangeError(`text: charset must not be empty where minLength is ${minLength}`)
  const indices = new Map(characters.map((character, i) => [character, i]))
  const alike = characters.map(() => 1 / characters.length)
  const stream = sampleStream('text')

  const drawn = (length: number, p: ArrayLike<number>): string => {
    const random = stream.random()
    let word = ''
    for (let i = 0; i < length; i++) word += characters[random.choice(characters.length, { p })]
    return word
  }

  const chosen = (choices: TextChoices): string => {
    checkChoices('Text.sample', choices)
    const { mask, p } = choices
    const choice = mask ?? p
    if (!isGiven(choice)) return space.sample()
    if (!Array.isArray(choice) || choice.length !== 2) {
      throw new EnvError(`Text.sample: expected [length or null, numbers or null], got ${describeElement(choice)}`)
    }
    const [fixed, numbers] = choice as TextChoice
    const length = isGiven(fixed) ? lengthWithin(fixed) : stream.random().integers(minLength, maxLength + 1)
    if (!isGiven(numbers)) return characters.length === 0 ? '' : drawn(length, alike)
    if (isGiven(p)) return drawn(length, checkedList('Text.sample', 'probabilities', numbers))
    const allowed = indicesAllowed('Text.sample', numbers, characters.length)
    if (allowed.length > 0) return drawn(length, shares(allowed, characters.length))
    if (minLength > 0) throw new EnvError(`Text.sample: the mask allows no character, but a word has at least ${minLength}`)
    return ''
  }

  const lengthWithin = (length: number): number => {
    if (Number.isInteger(length) && length >= minLength && length <= maxLength) return length
    throw new RangeError(`Text.sample: length must be a whole number from ${minLength} to ${maxLength}, got ${describeElement(length)}`)
  }

  const space: Text = {
    kind: 'text',
    size: maxLength,
    minLength,
    maxLength,
    characters,
    characterIndex: (character) => {
      const index = indices.get(character)
      if (index === undefined) throw new EnvError(`Text.characterIndex: ${describeElement(character)} is not one of the characters`)
      return index
    },
    seed: stream.seed,
    seedUnseeded: stream.seedUnseeded,
    random: stream.random,
    sample: (choices) => {
      if (choices !== undefined) return chosen(choices)
      const length = stream.random().integers(minLength, maxLength + 1)
      return characters.length === 0 ? '' : drawn(length, alike)
    },
    contains: (value): value is string => {
      if (typeof value !== 'string') return false
      let length = 0
      for (const character of value) if (!indices.has(character) || ++length > maxLength) return false
      return length >= minLength
    },
    equals: (other) =>
      isKind<Text>(other, 'text') &&
      other.minLength === minLength &&
      other.maxLength === maxLength &&
      other.characters.length === characters.length &&
      other.characters.every((character) => indices.has(character)),
    toJSON: () => ({ kind: 'text', minLength, maxLength, characters: characters.join('') }),
    copy: () => withStreamOf(text(maxLength, { minLength, charset: characters.join('') }), space),
  }
  return space
}

function charactersOf(charset: string | ReadonlySet<string>): readonly string[] {
  if (typeof charset === 'string') return [...new Set(charset)]
  if (!(charset instanceof Set))
    throw new RangeError(`text: charset must be a string or a set of characters, got ${describeElement(charset)}`)
  for (const character of charset) {
    if (typeof character !== 'string' || Array.from(character).length !== 1) {
      throw new RangeError(`text: charset must hold single characters, got ${describeElement(character)}`)
    }
  }
  return [...charset].sort(byCodePoint)
}

/** Equal probability of the allowed characters, as NumPy divides a mask by its sum. */
function shares(allowed: readonly number[], count: number): Float64Array {
  const p = new Float64Array(count)
  for (const index of allowed) p[index] = 1 / allowed.length
  return p
}
