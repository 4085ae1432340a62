/**
 * Writes Protocol Buffers messages: fields one after the other, each a number, a wire type and a value. Only what ONNX needs of it.
 * Source: protobuf.dev/programming-guides/encoding.
 */

/** Bytes of a message, or of a part of one. */
export type Encoded = readonly Uint8Array[]

const VARINT = 0
const BYTES = 2

/** An integer field. */
export const integer = (field: number, value: number | bigint): Encoded => [varint(key(field, VARINT)), varint(BigInt(value))]

export const bytes = (field: number, value: Uint8Array): Encoded => [varint(key(field, BYTES)), varint(BigInt(value.length)), value]

export const text = (field: number, value: string): Encoded => bytes(field, new TextEncoder().encode(value))

/** A field that is a message itself. */
export const message = (field: number, ...parts: readonly Encoded[]): Encoded => bytes(field, join(...parts))

/** Everything in one array. */
export function join(...parts: readonly Encoded[]): Uint8Array {
  const pieces = parts.flat()
  const out = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0))
  let at = 0
  for (const piece of pieces) {
    out.set(piece, at)
    at += piece.length
  }
  return out
}

const key = (field: number, wire: number): bigint => BigInt(field * 8 + wire)

/** Seven bits a byte, lowest first; the top bit says that more follow. Negative numbers are written as 64 bits. */
function varint(value: bigint): Uint8Array {
  const out: number[] = []
  let left = BigInt.asUintN(64, value)
  do {
    const low = Number(left & 127n)
    left >>= 7n
    out.push(left > 0n ? low | 128 : low)
  } while (left > 0n)
  return Uint8Array.from(out)
}
