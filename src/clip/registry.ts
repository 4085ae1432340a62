/**
 * From a name and its options to a clip, with every mistake refused before anything starts. The one place that maps text to rules.
 */
import type { ClipConfig } from '../core/config/schema.js'
import { UsageError } from '../core/errors.js'
import type { Json } from '../core/json.js'
import { didYouMean } from '../core/suggest.js'
import { CLIP_OF, CLIP_PER, CLIP_SHAPES, CLIP_STAGES, type Clip, clipOf } from './clip.js'
import type { OptionTable } from './options.js'
import { PRESETS, type Preset } from './presets.js'
import type { ClipRule } from './rule.js'
import { RULES } from './rules.js'

const WORDS = ['of', 'per', 'shape', 'stage'] as const

/** Every name that createClip knows. */
export const clipNames = (): string[] => Object.keys(PRESETS)

/** One row of `tau-rl clips`. */
export interface ClipEntry {
  readonly name: string
  readonly description: string
  readonly source: string
  /** The clip with its defaults: 'loss-feedback per network'. */
  readonly short: string
  /** The preset's own defaults are filled in. */
  readonly options: OptionTable
}

export function clipEntries(): ClipEntry[] {
  return clipNames().map((name) => {
    const { description, source, rule, options = {} }: Preset = presetNamed(name)
    const table = Object.entries(RULES[rule].options).map(([key, option]) => [key, { ...option, default: options[key] ?? option.default }])
    return { name, description, source, short: describeClip(createClip({ name })), options: Object.fromEntries(table) as OptionTable }
  })
}

/**
 * `createClip({ name: 'percentile', p: 90, per: 'layer' })`.
 * @throws UsageError for an unknown name, option or word (with near names), or a value out of range (with option, bound and value)
 */
export function createClip(config: ClipConfig): Clip {
  const { name, ...given } = config
  const preset = presetNamed(name)
  const where = `clip "${name}"`
  const { of, per, shape, stage, ...options } = given
  const rule = makeRule(where, preset, options)
  if (word(where, 'stage', stage ?? 'gradient', CLIP_STAGES) === 'update')
    throw new UsageError(`${where}: stage "update" is not available yet. Leave stage out: gradients are clipped.`)
  const clip = usage(() =>
    clipOf(rule, {
      of: word(where, 'of', of ?? preset.of ?? rule.bounds ?? 'norm', CLIP_OF),
      per: word(where, 'per', per ?? preset.per, CLIP_PER),
      shape: word(where, 'shape', shape ?? preset.shape ?? 'hard', CLIP_SHAPES),
    }),
  )
  return { ...clip, name }
}

/**
 * What makes the same clip again: its name, every option and every word.
 * @throws UsageError when the rule is of the caller's own making
 */
export function clipConfig(clip: Clip): ClipConfig {
  const { rule, of, per, shape, stage } = clip
  if (rule.config === undefined)
    throw new UsageError(`clip "${clip.name}" has a rule of its own ("${rule.name}") that has no name to be saved by`)
  const { name: ruleName, ...options } = rule.config
  const named = Object.hasOwn(PRESETS, clip.name) && presetNamed(clip.name).rule === ruleName
  return { ...options, of, per, shape, stage, name: named ? clip.name : ruleName }
}

/**
 * Reads `NAME` or `NAME:key=value,key=value` from a command line. Values: numbers, true, false, null, else text.
 * @throws UsageError when the text has another form; names and values are createClip's to check
 */
export function parseClip(text: string): ClipConfig {
  const colon = text.indexOf(':')
  const name = (colon < 0 ? text : text.slice(0, colon)).trim()
  if (name === '') throw new UsageError(`clip: expected NAME or NAME:key=value,…, got "${text}". Names: ${clipNames().join(', ')}.`)
  const config = new Map<string, Json>() // an object would swallow the key __proto__
  for (const pair of colon < 0 ? [] : text.slice(colon + 1).split(',')) {
    const [key = '', value, ...rest] = pair.split('=').map((part) => part.trim())
    if (key === '' || value === undefined || value === '' || rest.length > 0)
      throw new UsageError(`clip "${name}": expected key=value, got "${pair}". Write it as ${name}:key=value,key=value.`)
    if (key === 'name' || config.has(key)) throw new UsageError(`clip "${name}": "${key}" is given twice`)
    config.set(key, readValue(value))
  }
  return { ...Object.fromEntries(config), name }
}

/** 'loss-feedback per network', 'value of element', 'none'. */
export function describeClip({ name, of, per, shape }: Clip): string {
  if (name === 'none') return name
  const bounded = of === 'norm' ? '' : ` of ${of}`
  return `${name}${bounded} per ${per}${shape === 'hard' ? '' : `, ${shape}`}`
}

function presetNamed(name: string): Preset {
  const presets: Readonly<Record<string, Preset>> = PRESETS
  const preset = Object.hasOwn(presets, name) ? presets[name] : undefined
  if (preset === undefined)
    throw new UsageError(`unknown clip "${name}".${didYouMean(name, clipNames())} Names: ${clipNames().join(', ')}.`)
  return preset
}

function makeRule(where: string, preset: Preset, options: Readonly<Record<string, Json>>): ClipRule {
  const { options: table } = RULES[preset.rule]
  for (const name of Object.keys(options)) {
    const known = [...Object.keys(table), ...WORDS]
    if (!Object.hasOwn(table, name))
      throw new UsageError(`${where} has no option "${name}".${didYouMean(name, known)} It takes: ${known.join(', ')}.`)
  }
  return usage(() => RULES[preset.rule].create(where, { ...preset.options, ...options }))
}

/** What a rule refuses is the user's to mend. */
function usage<T>(make: () => T): T {
  try {
    return make()
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(error.message)
    throw error
  }
}

function word<W extends string>(where: string, name: string, value: Json, allowed: readonly W[]): W {
  const found = allowed.find((candidate) => candidate === value)
  if (found !== undefined) return found
  const near = typeof value === 'string' ? didYouMean(value, allowed) : ''
  throw new UsageError(`${where}: ${name} must be one of ${allowed.join(', ')}, got ${JSON.stringify(value)}.${near}`)
}

function readValue(text: string): Json {
  if (text === 'true' || text === 'false') return text === 'true'
  if (text === 'null') return null
  const number = Number(text)
  return Number.isFinite(number) ? number : text
}
