/**
 * The options of a clip rule, declared once: default, range and meaning. The factory's types and checks, the command line and the listing
 * of `tau-rl clips` all read the same table.
 */
import { type Bounds, within } from '../core/checks.js'
import type { ClipConfig } from '../core/config/schema.js'
import type { Json } from '../core/json.js'
import { didYouMean } from '../core/suggest.js'

export interface NumberOption extends Bounds {
  readonly kind: 'number'
  /** A whole number. */
  readonly whole?: true
  /** What null means, where null is allowed. */
  readonly orNull?: string
  readonly default: number | null
  readonly help: string
}

export interface ChoiceOption {
  readonly kind: 'choice'
  readonly values: readonly string[]
  readonly default: string
  readonly help: string
}

export interface TextOption {
  readonly kind: 'text'
  readonly default: string
  readonly help: string
}

/** Rules within a rule: a list of names or of configurations (without the words of a clip), or a text of names with | between them. */
export interface RulesOption {
  readonly kind: 'rules'
  readonly default: readonly ClipConfig[]
  readonly help: string
}

export type Option = NumberOption | ChoiceOption | TextOption | RulesOption
export type OptionTable = { readonly [name: string]: Option }

type Value<O> = O extends { readonly kind: 'choice'; readonly values: readonly (infer V)[] }
  ? V
  : O extends { readonly kind: 'text' }
    ? string
    : O extends { readonly kind: 'rules' }
      ? readonly ClipConfig[]
      : O extends { readonly orNull: string }
        ? number | null
        : number

/** Every option of a table with its value. */
export type Options<T extends OptionTable> = { readonly [K in keyof T]: Value<T[K]> }

/**
 * The given options, defaults filled in.
 * @param where opens each message: 'percentile'
 * @throws RangeError naming the option, what is allowed and what came
 */
export function readOptions<const T extends OptionTable>(where: string, table: T, given: Readonly<Record<string, unknown>>): Options<T> {
  refuseUnknown(where, Object.keys(table), given)
  return Object.fromEntries(
    Object.entries(table).map(([name, option]) => [name, read(`${where}: ${name}`, option, given[name] ?? fallback(option, given, name))]),
  ) as Options<T>
}

/** @throws RangeError for a name that is none of `names`, with the nearest one */
export function refuseUnknown(where: string, names: readonly string[], given: object): void {
  for (const name of Object.keys(given)) {
    if (names.includes(name)) continue
    const known = names.length === 0 ? 'It has none.' : `Its options: ${names.join(', ')}.`
    throw new RangeError(`${where} has no option "${name}".${didYouMean(name, names)} ${known}`)
  }
}

/** null is a value of its own where it is allowed; a missing option takes its default. */
const fallback = (option: Option, given: Readonly<Record<string, unknown>>, name: string): unknown =>
  given[name] === null ? null : option.default

function read(where: string, option: Option, value: unknown): unknown {
  switch (option.kind) {
    case 'number':
      if (value === null && option.orNull !== undefined) return null
      if (option.whole && !Number.isSafeInteger(value)) throw new RangeError(`${where} must be a whole number, got ${show(value)}`)
      if (typeof value !== 'number') throw new RangeError(`${where} must be a number, got ${show(value)}`)
      return within(where, value, option)
    case 'choice':
      if (typeof value === 'string' && option.values.includes(value)) return value
      throw new RangeError(`${where} must be one of ${option.values.join(', ')}, got ${show(value)}`)
    case 'text':
      if (typeof value === 'string' && value !== '') return value
      throw new RangeError(`${where} must be a text, got ${show(value)}`)
    case 'rules': {
      const list = typeof value === 'string' ? value.split('|') : value
      if (!Array.isArray(list) || list.length === 0) throw new RangeError(`${where} must be a list of rules, got ${show(value)}`)
      return list.map((one) => readRule(where, one))
    }
  }
}

function readRule(where: string, value: Json): ClipConfig {
  if (typeof value === 'string' && value !== '') return { name: value }
  if (typeof value === 'object' && value !== null && 'name' in value && typeof value.name === 'string') return value as ClipConfig
  throw new RangeError(`${where} must hold names, or objects with a name and options, got ${show(value)}`)
}

const show = (value: unknown): string => (typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? String(value)))
