/**
 * From a name and its options to a clip, with every mistake refused before anything starts. The one place that maps text to rules.
 */
import type { ClipConfig } from '../core/config/schema.js'
import { UsageError } from '../core/errors.js'
import type { Json } from '../core/json.js'
import { didYouMean } from '../core/suggest.js'
import { asPlan, CLIP_LIKE, CLIP_OF, CLIP_PER, CLIP_SHAPES, CLIP_STAGES, type Clip, type ClipPlan, clipOf } from './clip.js'
import { LIMITS, withLimits } from './limits.js'
import type { OptionTable } from './options.js'
import { PRESETS, type Preset } from './presets.js'
import type { ClipRule } from './rule.js'
import { RULES } from './rules.js'

const WORDS = ['of', 'per', 'shape', 'stage', 'like', 'only', 'except', 'errorFeedback'] as const

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
  const { of, per, shape, stage, like, only, except, errorFeedback, ...options } = given
  const rule = makeRule(where, preset, options, WORDS)
  const clip = usage(() =>
    clipOf(rule, {
      of: word(where, 'of', of ?? preset.of ?? rule.bounds ?? 'norm', CLIP_OF),
      per: word(where, 'per', per ?? preset.per, CLIP_PER),
      shape: word(where, 'shape', shape ?? preset.shape ?? 'hard', CLIP_SHAPES),
      stage: word(where, 'stage', stage ?? preset.stage ?? 'gradient', CLIP_STAGES),
      like: word(where, 'like', like ?? 'exact', CLIP_LIKE),
      only: patterns(where, 'only', only ?? []),
      except: patterns(where, 'except', except ?? preset.except ?? []),
      errorFeedback: word(where, 'errorFeedback', errorFeedback ?? preset.errorFeedback ?? false, [true, false]),
    }),
  )
  return { ...clip, name }
}

/** A plan from one configuration or several. @throws UsageError as createClip, and for an empty list */
export function createPlan(config: ClipConfig | readonly ClipConfig[]): ClipPlan {
  const list: readonly ClipConfig[] = isList(config) ? config : [config]
  if (list.length === 0) throw new UsageError('clip: the list is empty. Write "none" for no clip.')
  return list.map(createClip)
}

const isList = <T>(value: T | readonly T[]): value is readonly T[] => Array.isArray(value)

/**
 * What makes the same clip again: its name, every option and every word.
 * @throws UsageError when the rule is of the caller's own making
 */
export function clipConfig(clip: Clip): ClipConfig {
  const { rule, of, per, shape, stage, like, only, except, errorFeedback } = clip
  if (rule.config === undefined)
    throw new UsageError(`clip "${clip.name}" has a rule of its own ("${rule.name}") that has no name to be saved by`)
  const { name: ruleName, ...options } = rule.config
  const named = Object.hasOwn(PRESETS, clip.name) && presetNamed(clip.name).rule === ruleName
  return { ...options, of, per, shape, stage, like, only, except, errorFeedback, name: named ? clip.name : ruleName }
}

/** What makes the same plan again: one configuration for a plan of one. @throws UsageError as clipConfig */
export function planConfig(plan: ClipPlan): ClipConfig | ClipConfig[] {
  const configs = plan.map(clipConfig)
  return configs.length === 1 ? configs[0]! : configs
}

/**
 * Reads a plan from a command line: clips as parseClip reads them, with + between them: 'agc:only=actor/*+global-norm:tau=1'. A + before a
 * digit belongs to a number.
 */
export function parsePlan(text: string): ClipConfig | ClipConfig[] {
  const configs = text.split(/\+(?!\d)/).map(parseClip)
  return configs.length === 1 ? configs[0]! : configs
}

/**
 * Reads `NAME` or `NAME:key=value,key=value` from a command line; several patterns have | between them: `except=@heads|*bias`. Values: numbers, true, false, null, else text.
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

/** 'loss-feedback per network', 'value of element per model', 'none', 'agc per unit, except @heads + global-norm per model'. */
export function describeClip(clips: Clip | ClipPlan): string {
  return asPlan(clips).map(describeOne).join(' + ')
}

function describeOne({ name, of, per, shape, stage, like, only, except, errorFeedback }: Clip): string {
  if (name === 'none') return name
  const parts = [`${name}${of === 'norm' ? '' : ` of ${of}`} per ${per}`]
  if (shape !== 'hard') parts.push(shape)
  if (stage !== 'gradient') parts.push(`of the ${stage}`)
  if (like !== 'exact') parts.push(`as ${like}`)
  if (only.length > 0) parts.push(`only ${only.join(' ')}`)
  if (except.length > 0) parts.push(`except ${except.join(' ')}`)
  if (errorFeedback) parts.push('with error feedback')
  return parts.join(', ')
}

function presetNamed(name: string): Preset {
  const presets: Readonly<Record<string, Preset>> = PRESETS
  const preset = Object.hasOwn(presets, name) ? presets[name] : undefined
  if (preset === undefined)
    throw new UsageError(`unknown clip "${name}".${didYouMean(name, clipNames())} Names: ${clipNames().join(', ')}.`)
  return preset
}

/** A rule with its options, and with the limits that any rule takes. @param words what else may be said there, for messages */
function makeRule(where: string, preset: Preset, options: Readonly<Record<string, Json>>, words: readonly string[]): ClipRule {
  const { options: table, create } = RULES[preset.rule]
  const own = new Map<string, Json>()
  const limits = new Map<string, Json>()
  for (const [name, value] of Object.entries(options)) {
    const known = [...new Set([...Object.keys(table), ...Object.keys(LIMITS), ...words])]
    if (Object.hasOwn(table, name)) own.set(name, value)
    else if (Object.hasOwn(LIMITS, name)) limits.set(name, value)
    else throw new UsageError(`${where} has no option "${name}".${didYouMean(name, known)} It takes: ${known.join(', ')}.`)
  }
  return usage(() => {
    const rule = create(where, { ...preset.options, ...Object.fromEntries(own) }, (config, signal) => nestedRule(where, config, signal))
    return withLimits(where, rule, Object.fromEntries(limits))
  })
}

/** A rule within another; one that listens and names no signal hears `signal`. */
function nestedRule(where: string, { name, ...options }: ClipConfig, signal: string): ClipRule {
  const preset = presetNamed(name)
  const make = (all: Readonly<Record<string, Json>>) => makeRule(`${where}: "${name}"`, preset, all, [])
  const rule = make(options)
  const takesSignal = Object.hasOwn(RULES[preset.rule].options, 'signal')
  return takesSignal && options['signal'] === undefined ? make({ ...options, signal }) : rule
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

function word<W extends string | boolean>(where: string, name: string, value: Json, allowed: readonly W[]): W {
  const found = allowed.find((candidate) => candidate === value)
  if (found !== undefined) return found
  const near = typeof value === 'string' ? didYouMean(value, allowed.map(String)) : ''
  throw new UsageError(`${where}: ${name} must be one of ${allowed.join(', ')}, got ${JSON.stringify(value)}.${near}`)
}

/** A list of texts, or one with | between them. */
function patterns(where: string, name: string, value: Json): readonly string[] {
  const list = typeof value === 'string' ? value.split('|') : value
  if (Array.isArray(list) && list.every((item): item is string => typeof item === 'string' && item !== '')) return list
  throw new UsageError(
    `${where}: ${name} must be a list of parameter names or patterns, got ${JSON.stringify(value)}. Example: ["actor/*"].`,
  )
}

function readValue(text: string): Json {
  if (text === 'true' || text === 'false') return text === 'true'
  if (text === 'null') return null
  const number = Number(text)
  return Number.isFinite(number) ? number : text
}
