import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openAppendFile } from '../../src/record/append-file.js'
import { faultyDisk } from './support/faulty-disk.js'
import { emptyFolder } from './support/folders.js'

describe('openAppendFile', () => {
  test('whatever the disk does, the file is a prefix of what was appended, and whole once there is room', () => {
    const path = join(emptyFolder(), 'log')
    const piece = fc.record({ text: fc.string({ maxLength: 20 }), room: fc.nat(25), bite: fc.integer({ min: 1, max: 9 }) })
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        writeFileSync(path, '')
        const disk = faultyDisk()
        const file = openAppendFile(path, { disk })
        let all = ''
        for (const { text, room, bite } of pieces) {
          Object.assign(disk, { room, bite })
          file.append(text)
          all += text
          try {
            file.flush()
          } catch (error) {
            expect(String(error)).toContain('(ENOSPC)')
          }
          expect(file.size).toBe(Buffer.byteLength(all))
          expect(Buffer.from(all).subarray(0, readFileSync(path).length)).toEqual(readFileSync(path))
        }
        disk.room = Number.POSITIVE_INFINITY
        file.close()
        expect(readFileSync(path, 'utf8')).toBe(Buffer.from(all).toString('utf8'))
      }),
      { numRuns: 60 },
    )
  })

  test('keep cuts an existing file; a file shorter than keep stays as it is', () => {
    const path = join(emptyFolder(), 'log')
    writeFileSync(path, 'abcdef')
    const cut = openAppendFile(path, { keep: 2 })
    cut.append('X')
    cut.close()
    expect(readFileSync(path, 'utf8')).toBe('abX')
    const longer = openAppendFile(path, { keep: 99 })
    expect(longer.size).toBe(3)
    longer.close()
  })

  test('what waits is bounded, and losing something is told when the file closes', () => {
    const disk = faultyDisk()
    const file = openAppendFile(join(emptyFolder(), 'log'), { disk })
    disk.room = 0
    const megabytes = new Uint8Array(20 * 2 ** 20)
    for (let i = 0; i < 5; i++) file.append(megabytes) // 20 and 40 MiB wait, three more are refused
    expect(file.size).toBe(40 * 2 ** 20)
    disk.room = Number.POSITIVE_INFINITY
    expect(() => file.close()).toThrow('3 entries were lost while the disk was full')
  })

  test('a folder in its place is named with the reason', () => {
    const folder = emptyFolder()
    expect(() => openAppendFile(folder)).toThrow(`cannot write "${folder}": illegal operation on a directory (EISDIR)`)
  })
})
