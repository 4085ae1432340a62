/**
 * One compressed, checksummed piece of a file: inflated bytes u32 · gzip bytes u32 · CRC-32 of the gzip bytes u32 · gzip bytes.
 * A reader knows from the outside how much may come out, so that a small file cannot fill the memory.
 */
import { crc32, gunzipSync, gzipSync } from 'node:zlib'

const HEAD = 12 // bytes

/** Same content, same bytes, for one version of zlib: time and operating system are left out of gzip's header. */
export function packChunk(content: Uint8Array): Buffer[] {
  const packed = gzipSync(content)
  packed.writeUInt32LE(0, 4) // no time
  packed[9] = 255 // no operating system
  return [Buffer.concat([uint32(content.length), uint32(packed.length), uint32(crc32(packed))]), packed]
}

/** What may come out of a chunk, in bytes. */
export type ChunkSize = { readonly exactly: number } | { readonly atMost: number }

/** The chunk at byte `at` and the byte after it; or, in words, what is wrong there. */
export function openChunk(buffer: Buffer, at: number, size: ChunkSize): { readonly content: Buffer; readonly end: number } | string {
  if (buffer.length - at < HEAD) return 'the file ends'
  const inflated = buffer.readUInt32LE(at)
  const packed = buffer.readUInt32LE(at + 4)
  const start = at + HEAD
  if ('exactly' in size ? inflated !== size.exactly : inflated > size.atMost) return 'a chunk of the wrong size'
  if (packed > buffer.length - start) return 'the file ends'
  const body = buffer.subarray(start, start + packed)
  if (crc32(body) !== buffer.readUInt32LE(at + 8)) return 'a damaged chunk'
  try {
    const content = gunzipSync(body, { maxOutputLength: Math.max(inflated, 1) })
    return content.length === inflated ? { content, end: start + packed } : 'a chunk of the wrong size'
  } catch {
    return 'a chunk that does not inflate'
  }
}

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}
