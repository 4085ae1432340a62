/** Plain JSON beside named arrays: what is saved, sent to another thread, or written into one file (record/bundle-file.ts). */
import type { JsonObject } from './json.js'

export type NumberArray = Float32Array | Float64Array | Int32Array | Uint8Array

export interface Bundle {
  readonly header: JsonObject
  readonly arrays: Readonly<Record<string, NumberArray>>
}
