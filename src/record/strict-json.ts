/**
 * JSON that came from a file and may be anything: refused when it reaches for a prototype, and read through a schema.
 * Errors are one line: file, what was expected, what was found.
 */
import { readFileSync, statSync } from 'node:fs'
import { z } from 'zod'
import { RunError } from '../core/errors.js'
import { FORBIDDEN_KEYS, type Json, type JsonObject } from '../core/json.js'
import { onDisk } from './disk.js'
import { printable } from './printable.js'

const DEEPEST = 64 // levels
const MOST_BYTES = 64 * 2 ** 20 // of a JSON or YAML file that is read whole

/** @param where the file, for messages  @throws RunError */
export function parseJson(text: string, where: string): Json {
  let value: Json
  try {
    value = JSON.parse(text) as Json
  } catch (error) {
    throw new RunError(`${where}: expected JSON, found something else: ${printable(error instanceof Error ? error.message : '')}`)
  }
  refuseTraps(value, where)
  return value
}

/** Keys that reach a prototype, and nesting so deep that whoever walks it would run out of stack. Itself a walk without recursion. */
function refuseTraps(value: Json, where: string): void {
  let level: Json[] = [value]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > DEEPEST) throw new RunError(`${where}: expected at most ${DEEPEST} levels of JSON, found more`)
    const next: Json[] = []
    for (const node of level) {
      if (node === null || typeof node !== 'object') continue
      if (!Array.isArray(node)) {
        const trap = Object.keys(node).find((key) => FORBIDDEN_KEYS.has(key))
        if (trap !== undefined) throw new RunError(`${where}: the key "${trap}" is not allowed`)
      }
      for (const inner of Object.values(node)) if (inner !== null && typeof inner === 'object') next.push(inner)
    }
    level = next
  }
}

/** `value` as the schema has it. @param where the file, for messages  @throws RunError naming the first thing that is wrong */
export function conform<S extends z.ZodType>(schema: S, value: unknown, where: string): z.output<S> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]!
  const path = issue.path.length > 0 ? ` at "${printable(issue.path.join('.'))}"` : ''
  throw new RunError(`${where}: not the expected content${path}: ${printable(issue.message)}`)
}

/** For parts of a schema that hold whatever JSON their owner put there: `parseJson` has looked at them already. */
export const anyJson = z.custom<Json>((value) => value !== undefined)
export const anyJsonObject = z.custom<JsonObject>((value) => value !== null && typeof value === 'object' && !Array.isArray(value), {
  error: 'expected an object',
})

/** A whole text file of moderate size. @throws FileError, RunError */
export function readText(path: string): string {
  return onDisk('read', path, () => {
    const size = statSync(path).size
    if (size > MOST_BYTES) throw new RunError(`${path}: expected at most ${MOST_BYTES} bytes, found ${size}`)
    return readFileSync(path, 'utf8')
  })
}

/**
 * The JSON text of `value`, checked to come back equal. JSON.stringify alone would turn NaN and Infinity into null without a word.
 * @param where how to call the value in messages  @throws RunError
 */
export function exactJson(value: Json, where: string): string {
  const path = firstNonFinite(value, where)
  if (path !== null) throw new RunError(`${path}: expected a finite number, found one that JSON cannot hold`)
  return JSON.stringify(value)
}

function firstNonFinite(value: Json, path: string): string | null {
  if (typeof value === 'number') return Number.isFinite(value) ? null : path
  if (value === null || typeof value !== 'object') return null
  for (const [key, inner] of Object.entries(value)) {
    const found = firstNonFinite(inner, `${path}.${key}`)
    if (found !== null) return found
  }
  return null
}
