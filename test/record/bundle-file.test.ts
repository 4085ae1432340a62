import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Bundle } from '../../src/core/bundle.js'
import { decodeBundle, encodeBundle, readBundle, writeBundle } from '../../src/record/bundle-file.js'
import { oneLineError } from './support/errors.js'
import { emptyFolder } from './support/folders.js'
import { sampleBundle } from './support/samples.js'

const name = fc.string({ minLength: 1, maxLength: 12 }).filter((key) => !['__proto__', 'constructor', 'prototype'].includes(key))
const array = fc.oneof(fc.float32Array(), fc.float64Array(), fc.int32Array(), fc.uint8Array())
const header = fc.dictionary(name, fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null)))

describe('bundle file', () => {
  test('every bundle comes back bit for bit', () => {
    fc.assert(
      fc.property(header, fc.dictionary(name, array, { maxKeys: 6 }), (header, arrays) => {
        const back = decodeBundle(encodeBundle({ header, arrays }), 'x')
        expect({ ...back.header }).toEqual({ ...header })
        expect(Object.keys(back.arrays)).toEqual(Object.keys(arrays))
        for (const [key, want] of Object.entries(arrays)) {
          const got = back.arrays[key]!
          expect(got.constructor).toBe(want.constructor)
          expect(bytesOf(got)).toEqual(bytesOf(want)) // NaN payloads and −0 too
        }
      }),
      { numRuns: 100 },
    )
  })

  test('same bundle, same bytes', () => {
    expect(encodeBundle(sampleBundle())).toEqual(encodeBundle(sampleBundle()))
  })

  test('through a file', () => {
    const path = join(emptyFolder(), 'a.ckpt')
    writeBundle(path, sampleBundle())
    expect(readBundle(path)).toEqual(sampleBundle())
  })

  test('cut off at any byte: one line that says so', () => {
    const path = join(emptyFolder(), 'a.ckpt')
    const bytes = encodeBundle(sampleBundle())
    for (let cut = 0; cut < bytes.length; cut++) {
      writeFileSync(path, bytes.subarray(0, cut))
      oneLineError(() => readBundle(path), path)
    }
  })

  test('any byte flipped, or a byte too many: one line that says so', () => {
    const bytes = encodeBundle(sampleBundle())
    for (let at = 0; at < bytes.length; at++) {
      const damaged = bytes.slice()
      damaged[at]! ^= 0x10
      oneLineError(() => decodeBundle(damaged, 'a.ckpt'), 'a.ckpt')
    }
    oneLineError(() => decodeBundle(Buffer.concat([bytes, Buffer.alloc(1)]), 'a.ckpt'), 'a.ckpt')
    oneLineError(() => decodeBundle(Buffer.alloc(bytes.length), 'a.ckpt'), 'a.ckpt')
  })

  test.each([
    ['an unknown number type', '[["w","float16",1]]', 'expected one of float32, float64, int32, uint8 for "w", found "float16"'],
    ['an inherited name as number type', '[["w","toString",1]]', 'expected one of float32'],
    ['a negative length', '[["w","uint8",-1]]', 'a length of "w" that fits the file, found -1'],
    ['half a number', '[["w","uint8",0.5]]', 'a length of "w" that fits the file, found 0.5'],
    ['more than the file holds', '[["w","float64",9007199254740991]]', 'a length of "w" that fits the file'],
    ['lengths whose sum overflows', '[["v","float32",4503599627370496],["w","float32",4503599627370496]]', 'a length of "v" that fits'],
    ['less than the file holds', '[["w","uint8",3]]', 'arrays up to byte'],
    ['a name twice', '[["w","uint8",4],["w","uint8",4]]', 'each array once, found "w" twice'],
    ['a prototype key', '[["__proto__","uint8",8]]', 'no prototype key, found "__proto__"'],
    ['an empty name', '[["","uint8",8]]', 'name of 1 to 200 characters'],
    ['a row of another shape', '[{"name":"w"}]', 'expected [name, dtype, length]'],
    ['no list', '{"w":1}', 'a list of arrays'],
    ['no JSON', '[["w"', 'expected JSON'],
    ['a name that steers the terminal', '[["\\u001b[2J","nope",1]]', 'for "[2J"'],
    [
      'too many arrays',
      `[${Array.from({ length: 10_001 }, (_, i) => `["${i}","uint8",0]`).join(',')}]`,
      'at most 10000 arrays, found 10001',
    ],
  ])('a forged table with %s is refused before anything is made from it', (_, table, message) => {
    const forged = forge(table, '{}', Buffer.alloc(8))
    expect(oneLineError(() => decodeBundle(forged, 'a.ckpt'), 'a.ckpt').message).toContain(message)
  })

  test.each([
    ['{"a":{"__proto__":{"polluted":true}}}', 'the key "__proto__" is not allowed'],
    ['{"constructor":1}', 'the key "constructor" is not allowed'],
    ['[1]', 'expected an object as header'],
    ['null', 'expected an object as header'],
    [`{"a":${'['.repeat(5000)}${']'.repeat(5000)}}`, 'at most 64 levels'],
  ])('a forged header %# is refused', (json, message) => {
    const forged = forge('[]', json, Buffer.alloc(0))
    expect(oneLineError(() => decodeBundle(forged, 'a.ckpt'), 'a.ckpt').message).toContain(message)
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
  })

  test('forged lengths in the prelude are refused', () => {
    const bytes = Buffer.from(encodeBundle(sampleBundle()))
    const table = Buffer.from(bytes)
    table.writeUInt32LE(0xffffffff, 12)
    expect(() => decodeBundle(table, 'a')).toThrow('a: expected a table of at most 1048576 bytes, found 4294967295')
    const header = Buffer.from(bytes)
    header.writeBigUInt64LE(2n ** 64n - 1n, 16)
    expect(() => decodeBundle(header, 'a')).toThrow('a: expected a table and header of at most')
    const newer = Buffer.from(bytes)
    newer.writeUInt32LE(2, 8)
    expect(() => decodeBundle(newer, 'a')).toThrow('a: expected bundle version 1, found 2, from a newer program')
  })

  test('what JSON or the file cannot hold is refused when writing', () => {
    const bad: Bundle = { header: { envs: [{ x: Number.NaN }] }, arrays: {} }
    expect(() => encodeBundle(bad)).toThrow('header.envs.0.x: expected a finite number')
    const named = { header: {}, arrays: { ['__proto__']: new Float32Array(1) } }
    expect(() => encodeBundle(named)).toThrow('no prototype key, found "__proto__"')
  })

  test('a missing file, a folder: path and reason', () => {
    const folder = emptyFolder()
    mkdirSync(join(folder, 'd'))
    expect(() => readBundle(join(folder, 'none'))).toThrow(`cannot read "${join(folder, 'none')}": no such file or directory (ENOENT)`)
    oneLineError(() => readBundle(join(folder, 'd')), join(folder, 'd'))
  })
})

/** A file with a right checksum around any table, header and arrays. */
function forge(table: string, header: string, arrays: Buffer): Buffer {
  const start = Buffer.alloc(64)
  Buffer.from(encodeBundle({ header: {}, arrays: {} })).copy(start, 0, 0, 12)
  const body = Buffer.concat([Buffer.from(table), Buffer.from(header)])
  const padding = Buffer.alloc(arrays.length === 0 ? 0 : (8 - ((64 + body.length) % 8)) % 8)
  start.writeUInt32LE(Buffer.byteLength(table), 12)
  start.writeBigUInt64LE(BigInt(Buffer.byteLength(header)), 16)
  start.writeBigUInt64LE(BigInt(64 + body.length + padding.length + arrays.length), 24)
  const rest = Buffer.concat([body, padding, arrays])
  createHash('sha256').update(start.subarray(0, 32)).update(rest).digest().copy(start, 32)
  return Buffer.concat([start, rest])
}

const bytesOf = (array: ArrayBufferView): Buffer => Buffer.from(array.buffer, array.byteOffset, array.byteLength)
