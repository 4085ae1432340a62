/**
 * TensorBoard's event files, written by hand: TFRecord framing around protocol-buffer messages.
 *
 *   record: length u64 · masked CRC-32C of the length u32 · message · masked CRC-32C of the message u32
 *   Event: wall_time double = 1, step int64 = 2, file_version string = 3, summary = 5 { value = 1 { tag string = 1, simple_value float = 2 } },
 *   session_log = 7 { status = 1 }; in the place of simple_value: histo message = 5 { min = 1, max = 2, num = 3, sum = 4, sum_squares = 5 (all
 *   double), packed doubles bucket_limit = 6 and bucket = 7 }
 *
 * Source: tensorflow/core/lib/io/record_writer.cc, core/util/event.proto and core/framework/summary.proto. All scalars of a moment
 * share one Event: one frame and one checksum instead of fifty.
 */

import type { Histogram } from './histogram.js'

/** Reflected polynomial of CRC-32C (Castagnoli 1993); zlib's CRC-32 uses another one. */
const POLYNOMIAL = 0x82f63b78
const MASK = 0xa282ead8
const SESSION_START = 1

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1
  return crc
})

export type Scalar = readonly [tag: string, value: number]

/** The first record of every file. @param wallTime seconds since 1970 */
export function versionRecord(wallTime: number): Uint8Array {
  return frame(Buffer.concat([moment(wallTime, 0), block(3, Buffer.from('brain.Event:2'))]))
}

/** Says that a run goes on at `step`: TensorBoard drops what earlier files of the folder say about this step and later ones. */
export function sessionStartRecord(wallTime: number, step: number): Uint8Array {
  return frame(Buffer.concat([moment(wallTime, step), block(7, Buffer.from([0x08, SESSION_START]))]))
}

/** Makes records of scalars. Everything of them but four bytes each depends on their tags alone and is made anew only when these change. */
export function scalarsRecorder(): (wallTime: number, step: number, scalars: readonly Scalar[]) => Uint8Array {
  const beginnings = new Map<string, Uint8Array>()
  let tags: readonly string[] = []
  let places: number[] = [] // of the numbers in the summary
  let summary = Buffer.alloc(0)

  function beginning(tag: string): Uint8Array {
    const known = beginnings.get(tag)
    if (known) return known
    const value = block(1, Buffer.concat([block(1, Buffer.from(tag)), Buffer.from([0x15, 0, 0, 0, 0])])) // 0x15: field 2, 32 bits
    const made = value.subarray(0, value.length - 4)
    beginnings.set(tag, made)
    return made
  }

  function prepare(scalars: readonly Scalar[]): void {
    tags = scalars.map(([tag]) => tag)
    const parts = tags.map(beginning)
    summary = Buffer.alloc(parts.reduce((bytes, part) => bytes + part.length + 4, 0))
    places = []
    let at = 0
    for (const part of parts) {
      summary.set(part, at)
      places.push(at + part.length)
      at += part.length + 4
    }
  }

  return (wallTime, step, scalars) => {
    if (scalars.length !== tags.length || !scalars.every(([tag], i) => tag === tags[i])) prepare(scalars)
    for (let i = 0; i < places.length; i++) summary.writeFloatLE(scalars[i]![1], places[i]!)
    return frame(Buffer.concat([moment(wallTime, step), block(5, summary)]))
  }
}

/** One record of histograms. */
export function histogramsRecord(wallTime: number, step: number, histograms: readonly (readonly [tag: string, Histogram])[]): Uint8Array {
  const values = histograms.map(([tag, { min, max, count, sum, sumOfSquares, limits, counts }]) => {
    const moments = [min, max, count, sum, sumOfSquares].map((value, i) =>
      Buffer.concat([Buffer.from([((i + 1) << 3) | 1]), doubles([value])]),
    )
    const histo = Buffer.concat([...moments, block(6, doubles(limits)), block(7, doubles(counts))])
    return block(1, Buffer.concat([block(1, Buffer.from(tag)), block(5, histo)]))
  })
  return frame(Buffer.concat([moment(wallTime, step), block(5, Buffer.concat(values))]))
}

/** CRC-32C of `bytes`. */
export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (let i = 0; i < bytes.length; i++) crc = TABLE[(crc ^ bytes[i]!) & 0xff]! ^ (crc >>> 8)
  return ~crc >>> 0
}

/** As TFRecord stores it: a checksum of data that holds checksums is weak, so it is rotated and shifted. */
function maskedCrc32c(bytes: Uint8Array): number {
  const crc = crc32c(bytes)
  return (((crc >>> 15) | (crc << 17)) + MASK) >>> 0
}

function frame(message: Uint8Array): Uint8Array {
  const bytes = Buffer.allocUnsafe(message.length + 16)
  bytes.writeBigUInt64LE(BigInt(message.length), 0)
  bytes.writeUInt32LE(maskedCrc32c(bytes.subarray(0, 8)), 8)
  bytes.set(message, 12)
  bytes.writeUInt32LE(maskedCrc32c(message), 12 + message.length)
  return bytes
}

/** Fields 1 and 2 of an Event. */
function moment(wallTime: number, step: number): Buffer {
  const time = Buffer.alloc(9)
  time[0] = 0x09 // field 1, 64 bits
  time.writeDoubleLE(wallTime, 1)
  return Buffer.concat([time, Buffer.from([0x10, ...varint(step)])])
}

/** A field that holds bytes: text or another message. */
function block(field: number, content: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([(field << 3) | 2, ...varint(content.length)]), content])
}

function doubles(values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(8 * values.length)
  values.forEach((value, i) => {
    bytes.writeDoubleLE(value, 8 * i)
  })
  return bytes
}

/** Base 128, low digits first. @param value a non-negative safe integer */
function varint(value: number): number[] {
  const bytes: number[] = []
  let rest = value
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) | 0x80)
    rest = Math.floor(rest / 0x80)
  }
  bytes.push(rest)
  return bytes
}
