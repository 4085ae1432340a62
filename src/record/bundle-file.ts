/**
 * One file for a Bundle (core/bundle.ts): checkpoints, weights. Little-endian, as is every platform that runs TensorFlow.js:
 *
 *   prelude, 64 bytes: magic (8) · version u32 · table bytes u32 · header bytes u64 · file bytes u64 · SHA-256 of all other bytes (32)
 *   table: JSON [[name, dtype, length], …] · header: JSON · then every array in the table's order, each from a multiple of 8 on
 *
 * Key idea: the table gives lengths, never places. Where an array lies follows from those before it, so no two can overlap or leave a
 * hole, and their sum must be the file's size: all of it is checked before anything is allocated. Files are taken to be hostile:
 * no code, no class names, a fixed list of number types, no keys that reach a prototype.
 */
import { createHash } from 'node:crypto'
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import type { Bundle, NumberArray } from '../core/bundle.js'
import { RunError } from '../core/errors.js'
import { FORBIDDEN_KEYS, type Json, type JsonObject } from '../core/json.js'
import { writeAtomically } from './atomic-file.js'
import { type Disk, nodeDisk, onDisk } from './disk.js'
import { printable } from './printable.js'
import { exactJson, parseJson } from './strict-json.js'

const MAGIC = Uint8Array.from([0x93, 0x54, 0x41, 0x55, 0x0d, 0x0a, 0x1a, 0x0a]) // "\x93TAU\r\n\x1a\n": a transfer as text breaks it visibly
const VERSION = 1
const PRELUDE = 64 // bytes
const HASHED = 32 // bytes of the prelude before the hash
const MOST_TABLE = 2 ** 20 // bytes
const MOST_FILE = 2 ** 31 - 1 // bytes: what Node reads at once
const MOST_ARRAYS = 10_000
const LONGEST_NAME = 200 // characters

const DTYPES = { float32: Float32Array, float64: Float64Array, int32: Int32Array, uint8: Uint8Array } as const
type Dtype = keyof typeof DTYPES

interface Entry {
  readonly name: string
  readonly dtype: Dtype
  readonly length: number
  /** Byte in the file. */
  readonly at: number
}

/** Same bundle, same bytes. @throws RunError when the header holds a number that JSON cannot, or the bundle is too large */
export function encodeBundle(bundle: Bundle): Uint8Array {
  const arrays = Object.entries(bundle.arrays)
  const table = Buffer.from(JSON.stringify(arrays.map(([name, array]) => [checkName(name, 'internal'), dtypeOf(array), array.length])))
  const header = Buffer.from(exactJson(bundle.header, 'header'))
  if (table.length > MOST_TABLE || arrays.length > MOST_ARRAYS)
    throw new Error(`internal: ${arrays.length} arrays are too many for one bundle`)
  const entries: { array: NumberArray; at: number }[] = []
  let end = PRELUDE + table.length + header.length
  for (const [, array] of arrays) {
    const at = aligned(end)
    entries.push({ array, at })
    end = at + array.byteLength
  }
  if (end > MOST_FILE) throw new RunError(`a bundle of ${end} bytes is larger than a bundle file may be (${MOST_FILE})`)

  const bytes = new Uint8Array(end)
  const view = new DataView(bytes.buffer)
  bytes.set(MAGIC)
  view.setUint32(8, VERSION, true)
  view.setUint32(12, table.length, true)
  view.setBigUint64(16, BigInt(header.length), true)
  view.setBigUint64(24, BigInt(end), true)
  bytes.set(table, PRELUDE)
  bytes.set(header, PRELUDE + table.length)
  for (const { array, at } of entries) bytes.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), at)
  bytes.set(hashOf(bytes), HASHED)
  return bytes
}

/** @param file how to call it in messages  @throws RunError, one line: file, expected, found */
export function decodeBundle(bytes: Uint8Array, file: string): Bundle {
  const { tableBytes, headerBytes } = checkPrelude(bytes.subarray(0, PRELUDE), bytes.length, file)
  const tableEnd = PRELUDE + tableBytes
  const headerEnd = tableEnd + headerBytes
  const entries = readTable(text(bytes, PRELUDE, tableEnd), headerEnd, bytes.length, file)
  if (!hashOf(bytes).every((byte, i) => byte === bytes[HASHED + i])) throw wrong(file, 'content that fits its checksum', 'damaged content')
  const header = parseJson(text(bytes, tableEnd, headerEnd), file)
  if (header === null || typeof header !== 'object' || Array.isArray(header)) throw wrong(file, 'an object as header', 'other JSON')
  const arrays: Record<string, NumberArray> = {}
  for (const { name, dtype, length, at } of entries) {
    const array = new DTYPES[dtype](length)
    new Uint8Array(array.buffer).set(bytes.subarray(at, at + array.byteLength))
    arrays[name] = array
  }
  return { header: header as JsonObject, arrays }
}

/** @throws FileError; the old file stays then */
export function writeBundle(path: string, bundle: Bundle, disk: Disk = nodeDisk): void {
  writeAtomically(path, encodeBundle(bundle), disk)
}

/** @throws FileError; RunError when the file is not a whole, undamaged bundle */
export function readBundle(path: string): Bundle {
  const bytes = onDisk('read', path, () => {
    const file = openSync(path, 'r')
    try {
      const found = fstatSync(file)
      if (!found.isFile()) throw wrong(path, 'a file', 'something else')
      const prelude = readUpTo(file, Math.min(PRELUDE, found.size), 0)
      checkPrelude(prelude, found.size, path)
      return readUpTo(file, found.size, 0)
    } finally {
      closeSync(file)
    }
  })
  return decodeBundle(bytes, path)
}

function checkPrelude(prelude: Uint8Array, size: number, file: string): { tableBytes: number; headerBytes: number } {
  if (size < PRELUDE) throw wrong(file, `a tau-rl bundle of at least ${PRELUDE} bytes`, size === 0 ? 'an empty file' : `${size} bytes`)
  if (!MAGIC.every((byte, i) => prelude[i] === byte)) throw wrong(file, 'a tau-rl bundle', 'another kind of file')
  const view = new DataView(prelude.buffer, prelude.byteOffset, PRELUDE)
  const version = view.getUint32(8, true)
  if (version !== VERSION) throw wrong(file, `bundle version ${VERSION}`, `${version}${version > VERSION ? ', from a newer program' : ''}`)
  const fileBytes = view.getBigUint64(24, true)
  if (fileBytes !== BigInt(size)) throw wrong(file, `${fileBytes} bytes`, `${size}`)
  if (size > MOST_FILE) throw wrong(file, `at most ${MOST_FILE} bytes`, `${size}`)
  const tableBytes = view.getUint32(12, true)
  const headerBytes = view.getBigUint64(16, true)
  if (tableBytes > MOST_TABLE) throw wrong(file, `a table of at most ${MOST_TABLE} bytes`, `${tableBytes}`)
  const room = BigInt(size - PRELUDE)
  if (BigInt(tableBytes) + headerBytes > room) {
    throw wrong(file, `a table and header of at most ${room} bytes`, `${BigInt(tableBytes) + headerBytes}`)
  }
  return { tableBytes, headerBytes: Number(headerBytes) }
}

/** Every array's place, checked to fill the file exactly. */
function readTable(json: string, start: number, size: number, file: string): Entry[] {
  const table = parseJson(json, file)
  if (!Array.isArray(table)) throw wrong(file, 'a list of arrays', 'something else')
  if (table.length > MOST_ARRAYS) throw wrong(file, `at most ${MOST_ARRAYS} arrays`, `${table.length}`)
  const names = new Set<string>()
  let end = start
  const entries = table.map((row: Json): Entry => {
    const [name, dtype, length] = Array.isArray(row) && row.length === 3 ? (row as readonly Json[]) : []
    if (typeof name !== 'string' || typeof length !== 'number') throw wrong(file, '[name, dtype, length]', printable(JSON.stringify(row)))
    checkName(name, file)
    if (names.has(name)) throw wrong(file, 'each array once', `"${printable(name)}" twice`)
    names.add(name)
    if (typeof dtype !== 'string' || !Object.hasOwn(DTYPES, dtype)) {
      throw wrong(file, `one of ${Object.keys(DTYPES).join(', ')} for "${printable(name)}"`, printable(JSON.stringify(dtype ?? null)))
    }
    const bytes = length * DTYPES[dtype as Dtype].BYTES_PER_ELEMENT
    const at = aligned(end)
    if (!Number.isSafeInteger(length) || length < 0 || bytes > size - at) {
      throw wrong(file, `a length of "${printable(name)}" that fits the file`, `${length}`)
    }
    end = at + bytes
    return { name, dtype: dtype as Dtype, length, at }
  })
  if (end !== size) throw wrong(file, `arrays up to byte ${size}`, `arrays up to byte ${end}`)
  return entries
}

function checkName(name: string, file: string): string {
  if (name === '' || name.length > LONGEST_NAME || FORBIDDEN_KEYS.has(name)) {
    throw wrong(file, `an array's name of 1 to ${LONGEST_NAME} characters that is no prototype key`, `"${printable(name)}"`)
  }
  return name
}

function dtypeOf(array: NumberArray): Dtype {
  const found = (Object.keys(DTYPES) as Dtype[]).find((dtype) => array instanceof DTYPES[dtype])
  if (!found) throw new Error('internal: an array of a bundle is of no known number type')
  return found
}

function hashOf(bytes: Uint8Array): Uint8Array {
  return createHash('sha256').update(bytes.subarray(0, HASHED)).update(bytes.subarray(PRELUDE)).digest()
}

function readUpTo(file: number, length: number, at: number): Uint8Array {
  const bytes = new Uint8Array(length)
  let done = 0
  while (done < length) {
    const count = readSync(file, bytes, done, length - done, at + done)
    if (count === 0) return bytes.subarray(0, done)
    done += count
  }
  return bytes
}

function text(bytes: Uint8Array, from: number, to: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('utf8')
}

const aligned = (at: number): number => Math.ceil(at / 8) * 8

function wrong(file: string, expected: string, found: string): RunError {
  return new RunError(`${file}: expected ${expected}, found ${found}`)
}
