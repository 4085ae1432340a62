/** Plain JSON beside named arrays: what is saved, sent to another thread, or written into one file (record/bundle-file.ts). */
import { RunError } from './errors.js'
import type { JsonObject } from './json.js'

export type NumberArray = Float32Array | Float64Array | Int32Array | Uint8Array

export interface Bundle {
  readonly header: JsonObject
  readonly arrays: Readonly<Record<string, NumberArray>>
}

/** Several bundles as one: arrays are named 'part/array'. */
export function joinBundles(parts: Readonly<Record<string, Bundle>>): Bundle {
  const header: Record<string, JsonObject> = {}
  const arrays: Record<string, NumberArray> = {}
  for (const [name, part] of Object.entries(parts)) {
    header[name] = part.header
    for (const [key, array] of Object.entries(part.arrays)) arrays[`${name}/${key}`] = array
  }
  return { header, arrays }
}

/** The part that `joinBundles` put in under `name`. @throws RunError when there is none */
export function bundlePart(bundle: Bundle, name: string): Bundle {
  const header = Object.hasOwn(bundle.header, name) ? bundle.header[name] : undefined
  if (typeof header !== 'object' || header === null || Array.isArray(header)) throw new RunError(`checkpoint: part "${name}" is missing`)
  const arrays: Record<string, NumberArray> = {}
  for (const [key, array] of Object.entries(bundle.arrays)) {
    if (key.startsWith(`${name}/`)) arrays[key.slice(name.length + 1)] = array
  }
  return { header: header as JsonObject, arrays }
}
