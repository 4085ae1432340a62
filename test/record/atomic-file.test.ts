import { readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { removeTemporaries, writeAtomically } from '../../src/record/atomic-file.js'
import { FileError } from '../../src/record/disk.js'
import { faultyDisk } from './support/faulty-disk.js'
import { emptyFolder } from './support/folders.js'

describe('writeAtomically', () => {
  test.each(['open', 'write', 'sync', 'rename'] as const)('when %s fails, the old file stays and nothing else is left', (operation) => {
    const folder = emptyFolder()
    const path = join(folder, 'result.json')
    writeAtomically(path, 'old')
    const disk = faultyDisk()
    disk.broken = { operation, code: 'EIO' }
    expect(() => writeAtomically(path, 'new', disk)).toThrow(FileError)
    expect(() => writeAtomically(path, 'new', disk)).toThrow(`cannot write "${path}": i/o error (EIO)`)
    expect(readFileSync(path, 'utf8')).toBe('old')
    expect(readdirSync(folder)).toEqual(['result.json'])
  })

  test('at no number of bytes of room is there half a file', () => {
    const folder = emptyFolder()
    const path = join(folder, 'a')
    writeAtomically(path, 'old')
    for (let room = 0; room < 8; room++) {
      const disk = faultyDisk()
      disk.room = room
      expect(() => writeAtomically(path, 'new text', disk)).toThrow('no space left on device (ENOSPC)')
      expect(readFileSync(path, 'utf8')).toBe('old')
      expect(readdirSync(folder)).toEqual(['a'])
    }
  })

  test('a disk that takes one byte at a time gets the whole file', () => {
    const path = join(emptyFolder(), 'a')
    const disk = faultyDisk()
    disk.bite = 1
    writeAtomically(path, 'every byte of it', disk)
    expect(readFileSync(path, 'utf8')).toBe('every byte of it')
  })

  test('never writes through a link that waits under the temporary name', () => {
    const folder = emptyFolder()
    const victim = join(folder, 'victim')
    writeFileSync(victim, 'mine')
    symlinkSync(victim, join(folder, `.a.${process.pid}-0.tmp`))
    writeAtomically(join(folder, 'a'), 'new')
    expect(readFileSync(victim, 'utf8')).toBe('mine')
    expect(readFileSync(join(folder, 'a'), 'utf8')).toBe('new')
  })
})

test('removeTemporaries takes the temporaries of killed processes and nothing else', () => {
  const folder = emptyFolder()
  for (const name of ['.final.ckpt.4711-0.tmp', '.a.12-3.tmp', 'final.ckpt', '.hidden', 'notes.tmp']) writeFileSync(join(folder, name), '')
  removeTemporaries(folder)
  expect(readdirSync(folder).sort()).toEqual(['.hidden', 'final.ckpt', 'notes.tmp'])
})
