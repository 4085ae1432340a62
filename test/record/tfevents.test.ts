import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { crc32c, scalarsRecorder, sessionStartRecord, versionRecord } from '../../src/record/tfevents.js'
import { readTfevents } from './support/tfevents-reader.js'

const scalarsRecord = scalarsRecorder() // one for all: what it remembers of a tag must not show
const read = (...records: Uint8Array[]) => readTfevents(Buffer.concat(records))

describe('crc32c', () => {
  test.each([
    [Buffer.from('123456789'), 0xe3069283],
    [Buffer.alloc(32), 0x8a9136aa], // RFC 3720, B.4
    [Buffer.alloc(32, 0xff), 0x62a8ab43],
    [Buffer.from(Array.from({ length: 32 }, (_, i) => i)), 0x46dd794e],
    [Buffer.alloc(0), 0],
  ])('known values %#', (bytes, crc) => {
    expect(crc32c(bytes)).toBe(crc)
  })
})

describe('event records', () => {
  test('any scalars at any step come back through an independent reader', () => {
    const scalar = fc.tuple(fc.string({ minLength: 1 }), fc.float({ noNaN: true }))
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 4e9, noNaN: true }),
        fc.nat({ max: Number.MAX_SAFE_INTEGER }),
        fc.array(scalar),
        (time, step, scalars) => {
          const [event] = read(scalarsRecord(time, step, scalars))
          const last = Object.fromEntries(scalars) // a repeated tag: the last one
          expect(event).toEqual({ wallTime: time, step, version: null, sessionStart: false, scalars: last })
        },
      ),
      { numRuns: 100 },
    )
  })

  test('NaN and infinities are values', () => {
    const [event] = read(
      scalarsRecord(0, 1, [
        ['a', Number.NaN],
        ['b', Number.POSITIVE_INFINITY],
      ]),
    )
    expect(event!.scalars).toEqual({ a: Number.NaN, b: Number.POSITIVE_INFINITY })
  })

  test('a file begins with its version; a run that goes on says where', () => {
    expect(read(versionRecord(1.5), sessionStartRecord(2.5, 2 ** 40))).toEqual([
      { wallTime: 1.5, step: 0, version: 'brain.Event:2', sessionStart: false, scalars: {} },
      { wallTime: 2.5, step: 2 ** 40, version: null, sessionStart: true, scalars: {} },
    ])
  })
})
