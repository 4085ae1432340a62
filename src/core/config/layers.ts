/**
 * Layers of configuration, laid one over the other: defaults < preset < --config < --set < named flags.
 * Every layer knows where it came from, so that an error can say so.
 */
import type { z } from 'zod'
import { UsageError } from '../errors.js'
import type { Json, JsonObject } from '../json.js'
import { FORBIDDEN_KEYS } from '../json.js'
import { didYouMean } from '../suggest.js'
import { type RunConfig, runConfigSchema } from './schema.js'

export type KeyPath = readonly (string | number)[]

export interface ConfigLayer {
  readonly value: JsonObject
  /** Where the value at `path` was written: '--set learn.gamma', 'my.yml:3:9'. */
  readonly locate: (path: KeyPath) => string
}

/** Lays the layers over each other, last wins, and checks the result. @throws UsageError naming the key, the bound, the value and the layer */
export function resolveConfig(layers: readonly ConfigLayer[]): RunConfig {
  const merged = layers.reduce<JsonObject>((below, layer) => overlay(below, layer.value), {})
  const parsed = runConfigSchema.safeParse(merged)
  if (parsed.success) return parsed.data
  throw new UsageError(parsed.error.issues.map((issue) => explain(issue, merged, layers)).join('\n'))
}

/**
 * `above` over `below`, key by key. Two exceptions: a clip that names its rule replaces the clip below it, for options of one rule mean
 * nothing to another; and a schedule written as a line is one value.
 */
export function overlay(below: JsonObject, above: JsonObject): JsonObject {
  const result: Record<string, Json> = { ...below }
  for (const [key, value] of Object.entries(above)) {
    if (FORBIDDEN_KEYS.has(key)) throw new UsageError(`"${key}" is not allowed as a configuration key.`)
    const old = result[key]
    const replaced = isObject(value) && ((key === 'clip' && 'name' in value) || 'from' in value)
    result[key] = isObject(value) && isObject(old) && !replaced ? overlay(old, value) : isObject(value) ? overlay({}, value) : value
  }
  return result
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function explain(issue: z.core.$ZodIssue, merged: JsonObject, layers: readonly ConfigLayer[]): string {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys
      .map((key) => {
        const path = [...(issue.path as KeyPath), key]
        const where = origin(path, layers)
        return `${where}: there is no setting "${path.join('.')}".${didYouMean(key, settingsAt(issue.path as KeyPath))}`
      })
      .join('\n')
  }
  const path = issue.path as KeyPath
  const value = valueAt(merged, path)
  const got = value === undefined ? 'nothing' : JSON.stringify(value)
  const where = origin(path, layers)
  return `${where.startsWith('--') ? where : `${where}: ${path.join('.')}`}: ${readable(issue)}, got ${got}.`
}

function readable(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'too_small':
      return `expected ${issue.inclusive ? 'at least' : 'above'} ${issue.minimum}`
    case 'too_big':
      return `expected ${issue.inclusive ? 'at most' : 'below'} ${issue.maximum}`
    case 'invalid_value':
      return `expected one of ${issue.values.map(String).join(', ')}`
    case 'invalid_type':
      return `expected ${issue.expected === 'int' ? 'a whole number' : `a ${issue.expected}`}`
    case 'invalid_union':
      return readableUnion(issue)
    default:
      return issue.message.charAt(0).toLowerCase() + issue.message.slice(1)
  }
}

/** A schedule: the first alternative that got the type right has the telling reason. */
function readableUnion(issue: Extract<z.core.$ZodIssue, { code: 'invalid_union' }>): string {
  const telling = issue.errors.flat().find((inner) => inner.code === 'too_small' || inner.code === 'too_big')
  return telling ? readable(telling) : 'expected a number, or a line over the run as { from, to } or lin_NUMBER'
}

/** The top layer that wrote something at `path` or above it. */
function origin(path: KeyPath, layers: readonly ConfigLayer[]): string {
  for (const layer of [...layers].reverse()) {
    for (let depth = path.length; depth > 0; depth--) {
      if (
        valueAt(layer.value, path.slice(0, depth)) !== undefined &&
        (depth === path.length || !isObject(valueAt(layer.value, path.slice(0, depth))))
      ) {
        return layer.locate(path.slice(0, depth))
      }
    }
  }
  return 'configuration'
}

function valueAt(value: Json | undefined, path: KeyPath): Json | undefined {
  let here: Json | undefined = value
  for (const key of path) {
    if (typeof here !== 'object' || here === null) return undefined
    here = Object.hasOwn(here, key) ? (here as Record<string | number, Json>)[key] : undefined
  }
  return here
}

/** Names of the settings below `path`, from the schema itself. */
function settingsAt(path: KeyPath): string[] {
  let schema: unknown = runConfigSchema
  for (const key of path) schema = shapeOf(schema)?.[key]
  return Object.keys(shapeOf(schema) ?? {})
}

function shapeOf(schema: unknown): Record<string, unknown> | undefined {
  let here = schema as { shape?: Record<string, unknown>; def?: { innerType?: unknown; out?: unknown } } | undefined
  while (here && !here.shape) here = (here.def?.innerType ?? here.def?.out) as typeof here // a default, or a preprocessed one
  return here?.shape
}
