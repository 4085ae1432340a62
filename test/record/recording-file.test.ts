import { readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { crc32, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { EpisodeRecording } from '../../src/core/events.js'
import { decodeRecording, encodeRecording, readRecording, writeRecording } from '../../src/record/recording-file.js'
import { oneLineError } from './support/errors.js'
import { emptyFolder } from './support/folders.js'
import { sampleRecording } from './support/samples.js'

const CHUNK_STEPS = 256

/** The first `length` steps of a recording. */
function beginning(recording: EpisodeRecording, length: number): EpisodeRecording {
  const { observationSize: D, actionSize: A } = recording
  const rewards = recording.rewards.slice(0, length)
  return {
    ...recording,
    length,
    return: rewards.reduce((a, b) => a + b, 0),
    observations: recording.observations.slice(0, (length + 1) * D),
    actions: recording.actions.slice(0, length * A),
    rewards,
    values: recording.values.slice(0, length),
    logProbs: recording.logProbs.slice(0, length),
  }
}

describe('recording file', () => {
  test('every recording comes back bit for bit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 700 }), fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 3 }), (T, D, A) => {
        const recording = sampleRecording(T, {
          observationSize: D,
          actionSize: A,
          observations: Float32Array.from({ length: (T + 1) * D }, (_, i) => (i % 11 === 0 ? Number.NaN : Math.tan(i))),
          actions: Float32Array.from({ length: T * A }, (_, i) => -i),
          end: T % 2 ? 'terminated' : 'truncated',
        })
        expect(decodeRecording(encodeRecording(recording), 'x')).toEqual({ recording, complete: true, warning: null })
      }),
      { numRuns: 30 },
    )
  })

  test('same recording, same bytes, whatever the order of its keys; no time and no system in them', () => {
    const recording = sampleRecording(300)
    const reversed = Object.fromEntries(Object.entries(recording).reverse()) as unknown as EpisodeRecording
    const bytes = Buffer.from(encodeRecording(recording))
    expect(encodeRecording(reversed)).toEqual(encodeRecording(recording))
    const gzip = bytes.indexOf(Buffer.from([0x1f, 0x8b, 8]))
    expect([...bytes.subarray(gzip + 4, gzip + 8), bytes[gzip + 9]]).toEqual([0, 0, 0, 0, 255])
  })

  test('the file is named by the episode', () => {
    const path = writeRecording(emptyFolder(), sampleRecording())
    expect(basename(path)).toBe('ep-000050.rec')
    expect(readRecording(path).recording).toEqual(sampleRecording())
  })

  test('cut off at any byte: a beginning with a warning, or one line that says so', () => {
    const recording = sampleRecording(2 * CHUNK_STEPS + 20)
    const bytes = encodeRecording(recording)
    const lengths = new Set<number>()
    for (let cut = 0; cut < bytes.length; cut++) {
      try {
        const read = decodeRecording(bytes.subarray(0, cut), 'ep.rec')
        expect(read.complete).toBe(false)
        expect(read.warning).toMatch(/^ep\.rec: the file ends after step \d+ of 532; the rest of the episode is lost$/)
        if (!lengths.has(read.recording.length)) expect(read.recording).toEqual(beginning(recording, read.recording.length))
        lengths.add(read.recording.length)
      } catch (error) {
        oneLineError(() => {
          throw error
        }, 'ep.rec')
      }
    }
    expect([...lengths]).toEqual([CHUNK_STEPS, 2 * CHUNK_STEPS]) // a torn tail costs one chunk
  })

  test('any byte flipped: never wrong numbers', () => {
    const recording = sampleRecording(CHUNK_STEPS + 4)
    const bytes = encodeRecording(recording)
    let beginnings = 0
    for (let at = 0; at < bytes.length; at++) {
      const damaged = Uint8Array.from(bytes)
      damaged[at]! ^= 0x04
      try {
        const read = decodeRecording(damaged, 'ep.rec')
        expect(read.complete).toBe(false)
        expect(read.recording.length).toBe(CHUNK_STEPS)
        beginnings++
        if (at % 50 === 0) expect(read.recording).toEqual(beginning(recording, CHUNK_STEPS))
      } catch (error) {
        oneLineError(() => {
          throw error
        }, 'ep.rec')
      }
    }
    expect(beginnings).toBeGreaterThan(50) // every flip in the second chunk
  })

  test('bytes after the end are ignored with a warning', () => {
    const read = decodeRecording(Buffer.concat([encodeRecording(sampleRecording()), Buffer.alloc(9)]), 'ep.rec')
    expect(read).toMatchObject({ complete: true, warning: 'ep.rec: 9 bytes follow the end of the episode; they are ignored' })
    expect(read.recording).toEqual(sampleRecording())
  })

  test('a chunk that inflates to more than its header allows is not inflated', () => {
    const bytes = Buffer.from(encodeRecording(sampleRecording()))
    const headerEnd = 12 + 12 + bytes.readUInt32LE(16)
    const bomb = gzipSync(Buffer.alloc(50 * 2 ** 20)) // 50 kB that would become 50 MiB
    for (const claimed of [bytes.readUInt32LE(headerEnd), 50 * 2 ** 20]) {
      const forged = Buffer.concat([bytes.subarray(0, headerEnd), head(claimed, bomb), bomb])
      expect(oneLineError(() => decodeRecording(forged, 'ep.rec'), 'ep.rec').message).toContain('found none that can be read')
    }
  })

  test.each([
    [{ length: 0 }, '"length"'],
    [{ length: 2 ** 40 }, 'at most 268435456 bytes'],
    [{ observationSize: 2 ** 30 }, '"observationSize"'],
    [{ actionSize: 1.5 }, '"actionSize"'],
    [{ end: 'both' }, '"end"'],
    [{ extra: 1 }, 'extra'],
    [{ start: { constructor: 1 } }, 'the key "constructor" is not allowed'],
    [{ env: 'x'.repeat(201) }, '"env"'],
  ])('a forged header with %j is refused', (change, message) => {
    const { observations: _, actions: __, rewards: ___, values: ____, logProbs: _____, ...header } = sampleRecording()
    const json = Buffer.from(JSON.stringify({ ...header, ...change }))
    const size = Buffer.alloc(4)
    size.writeUInt32LE(json.length)
    const content = Buffer.concat([size, json, Buffer.alloc(12)])
    const packed = gzipSync(content)
    const forged = Buffer.concat([Buffer.from(encodeRecording(sampleRecording())).subarray(0, 12), head(content.length, packed), packed])
    expect(oneLineError(() => decodeRecording(forged, 'ep.rec'), 'ep.rec').message).toContain(message)
  })

  test('foreign files', () => {
    const path = join(emptyFolder(), 'ep.rec')
    for (const [content, message] of [
      ['', 'found an empty file'],
      ['{"some":"json"} longer than a prelude', 'expected a tau-rl recording, found something else'],
    ] as const) {
      writeFileSync(path, content)
      expect(oneLineError(() => readRecording(path), path).message).toContain(message)
    }
    const newer = Buffer.from(encodeRecording(sampleRecording()))
    newer.writeUInt32LE(3, 8)
    writeFileSync(path, newer)
    expect(() => readRecording(path)).toThrow(`${path}: expected recording version 1, found 3, from a newer program`)
    expect(readFileSync(path).length).toBe(newer.length)
  })

  test('a recording whose columns do not fit its length is our bug', () => {
    expect(() => encodeRecording({ ...sampleRecording(5), length: 4 })).toThrow(
      'internal: recording.observations must hold 15 numbers, got 18',
    )
  })
})

function head(inflated: number, packed: Buffer): Buffer {
  const bytes = Buffer.alloc(12)
  bytes.writeUInt32LE(inflated, 0)
  bytes.writeUInt32LE(packed.length, 4)
  bytes.writeUInt32LE(crc32(packed), 8)
  return bytes
}
