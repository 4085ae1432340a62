/** Reads what `save` wrote. Saved states come from files, so they are checked; every refusal names who refuses and what it expected. */
import { EnvError } from './errors.js'
import type { Json } from './json.js'
import { decodeNumbers } from './numbers.js'

export type JsonObject = { readonly [key: string]: Json }

export function savedObject(where: string, saved: Json | undefined): JsonObject {
  if (saved === null || typeof saved !== 'object' || Array.isArray(saved)) throw notSaved(where, 'an object', saved)
  return saved as JsonObject
}

export function savedCount(where: string, saved: Json | undefined): number {
  if (!Number.isSafeInteger(saved) || (saved as number) < 0) throw notSaved(where, 'a whole number of at least 0', saved)
  return saved as number
}

export function savedNumber(where: string, saved: Json | undefined): number {
  if (typeof saved !== 'number') throw notSaved(where, 'a number', saved)
  return saved
}

export function savedBoolean(where: string, saved: Json | undefined): boolean {
  if (typeof saved !== 'boolean') throw notSaved(where, 'true or false', saved)
  return saved
}

export function savedList(where: string, saved: Json | undefined, length: number): readonly Json[] {
  if (!Array.isArray(saved) || saved.length !== length) throw notSaved(where, `a list of ${length}`, saved)
  return saved
}

/** What `encodeNumbers` wrote. */
export function savedNumbers(where: string, saved: Json | undefined, length: number): number[] {
  const numbers = decodeNumbers(saved, length)
  if (numbers === null) throw notSaved(where, `a list of ${length} numbers`, saved)
  return numbers
}

/** The saved form of a wrapper: its name, its own fields, and the environment inside. */
export function savedWrapper(name: string, saved: Json): JsonObject & { readonly env: Json } {
  const object = savedObject(`${name}.load`, saved)
  if (object['wrapper'] !== name || object['env'] === undefined) {
    throw new EnvError(
      `${name}.load: the saved state is of ${typeof object['wrapper'] === 'string' ? object['wrapper'] : 'an environment without this wrapper'}; make the environment as it was made when it was saved`,
    )
  }
  return object as JsonObject & { readonly env: Json }
}

function notSaved(where: string, expected: string, got: Json | undefined): EnvError {
  const text = JSON.stringify(got) ?? 'nothing'
  return new EnvError(
    `${where}: expected ${expected}, got ${text.length > 80 ? `${text.slice(0, 77)}...` : text}. Was it saved by this environment?`,
  )
}
