/**
 * Options of environments: those they are made with, and those of one reset. Both are written by hand or read from a file, so a wrong
 * name or type is refused and never ignored.
 */
import { EnvOptionError } from './errors.js'
import { didYouMean } from './suggest.js'

type Options = Readonly<Record<string, unknown>> | undefined

/**
 * `given` over `defaults`, whose names are the names allowed; where a default is a number, string or boolean, so must the value be.
 * @throws EnvOptionError for a name nobody knows or a value of another type
 */
export function withDefaults<T extends object>(where: string, given: Readonly<Partial<T>>, defaults: T): T {
  const names = Object.keys(defaults)
  for (const [name, value] of Object.entries(given)) {
    if (!names.includes(name)) {
      const known = names.length === 0 ? 'it has none' : `it has ${names.join(', ')}`
      throw new EnvOptionError(`${where}: unknown option "${name}"; ${known}.${didYouMean(name, names)}`)
    }
    const expected = typeof defaults[name as keyof T]
    if (value === undefined || expected === 'object') continue
    if (typeof value !== expected || (expected === 'number' && !Number.isFinite(value))) {
      throw new EnvOptionError(
        `${where}: option ${name} must be a ${expected === 'number' ? 'finite number' : expected}, got ${shown(value)}`,
      )
    }
  }
  const set = Object.entries(given).filter(([, value]) => value !== undefined)
  return { ...defaults, ...Object.fromEntries(set) }
}

/** A finite number among reset options, or `fallback` when it is absent. @throws EnvOptionError otherwise */
export function numberOption(where: string, options: Options, name: string, fallback: number): number {
  const value = options?.[name]
  if (value === undefined) return fallback
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    throw new EnvOptionError(`${where}: option ${name} must be a finite number, got ${shown(value)}`)
  }
  return value
}

/** The range of a random first state. */
export interface Bounds {
  readonly low: number
  readonly high: number
}

/** The reset options `low` and `high`, where they are given, over `fallback`. @throws EnvOptionError unless low ≤ high */
export function boundsOptions(where: string, options: Options, fallback: Bounds): Bounds {
  if (options === undefined) return fallback // resets happen within steps, which allocate nothing
  const low = numberOption(where, options, 'low', fallback.low)
  const high = numberOption(where, options, 'high', fallback.high)
  if (low > high) throw new EnvOptionError(`${where}: option low must not be above high, got low ${low} and high ${high}`)
  return { low, high }
}

/** @throws EnvOptionError unless `value` is one of `choices` */
export function oneOf<T extends string>(where: string, name: string, value: string, choices: readonly T[]): T {
  if ((choices as readonly string[]).includes(value)) return value as T
  throw new EnvOptionError(`${where}: option ${name} must be ${choices.join(' or ')}, got ${shown(value)}.${didYouMean(value, choices)}`)
}

const shown = (value: unknown) => (typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? String(value)))
