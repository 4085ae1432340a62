/** The laws of every sink (src/record/sinks/sink.ts). */
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { FileError } from '../../src/record/disk.js'
import { failHard, failSoft, type Sink, type SinkOptions } from '../../src/record/sinks/sink.js'
import { faultyDisk } from '../record/support/faulty-disk.js'
import { contents, emptyFolder } from '../record/support/folders.js'
import { sampleEvents, tickingClock } from '../record/support/samples.js'

export interface SinkCase {
  /** Opens the sink in an empty folder. */
  readonly open: (folder: string, options: SinkOptions & { readonly now: () => number }) => Sink
  /** 'appends': nothing is lost while the disk is full. 'replaces': whole files, the last success counts. */
  readonly kind: 'appends' | 'replaces'
}

export function sinkSuite(name: string, { open, kind }: SinkCase): void {
  async function feed(folder: string, options: SinkOptions = {}, each?: (index: number) => void): Promise<Record<string, string>> {
    const sink = open(folder, { ...options, now: tickingClock() })
    for (const [i, event] of sampleEvents().entries()) {
      each?.(i)
      await sink.handle(event)
    }
    await sink.close()
    return contents(folder)
  }

  describe(`${name} keeps the laws of sinks`, () => {
    test('same events, same bytes', async () => {
      const folder = emptyFolder()
      const first = await feed(folder)
      rmSync(folder, { recursive: true })
      mkdirSync(folder)
      expect(Object.keys(first)).not.toEqual([])
      expect(await feed(folder)).toEqual(first)
    })

    test('no event is changed', async () => {
      const sink = open(emptyFolder(), { now: tickingClock() })
      for (const event of sampleEvents()) {
        const before = structuredClone(event)
        await sink.handle(event)
        expect(event).toEqual(before)
      }
      await sink.close()
    })

    test('a second close does nothing', async () => {
      const folder = emptyFolder()
      const sink = open(folder, { now: tickingClock() })
      for (const event of sampleEvents()) await sink.handle(event)
      await sink.close()
      const closed = contents(folder)
      await sink.close()
      expect(contents(folder)).toEqual(closed)
    })

    test.each(['ENOSPC', 'EIO'] as const)('%s: events go on, the failure is told once and in the end', async (code) => {
      const folder = emptyFolder()
      const disk = faultyDisk()
      const told: string[] = []
      const soft = failSoft((message) => told.push(message))
      await feed(folder, { disk, attempt: soft.attempt }, (i) => {
        if (i > 1) return
        if (code === 'ENOSPC') disk.room = 3
        else disk.broken = { operation: 'write', code }
      })
      expect(soft.failures()).not.toEqual([])
      for (const failure of soft.failures()) expect(failure).toMatch(new RegExp(`^cannot write "${folder}.*\\(${code}\\)$`))
      expect(told).toEqual(soft.failures().map((failure) => `${failure}. Training goes on.`))
      expect(Object.keys(contents(folder)).filter((path) => path.endsWith('.tmp'))).toEqual([])
    })

    test('without a soft attempt, a full disk is a FileError with path and code', async () => {
      const folder = emptyFolder()
      const disk = faultyDisk()
      const failed = feed(folder, { disk, attempt: failHard }, (i) => {
        if (i === 1) disk.room = 3
      })
      await expect(failed).rejects.toThrow(FileError)
      await expect(failed).rejects.toMatchObject({ code: 'ENOSPC', path: expect.stringContaining(join(folder)) })
    })

    test('bugs are no refusals of the disk', () => {
      const soft = failSoft(() => {})
      expect(() => soft.attempt('x', () => null!['missing' as never])).toThrow(TypeError)
    })

    if (kind === 'appends') {
      test('what could not be written is written when there is room again', async () => {
        const folder = emptyFolder()
        const healthy = await feed(folder)
        rmSync(folder, { recursive: true })
        mkdirSync(folder)
        const disk = faultyDisk()
        const soft = failSoft(() => {})
        const full = await feed(folder, { disk, attempt: soft.attempt }, (i) => {
          if (i === 1) disk.room = 7
          if (i === 6) disk.room = Number.POSITIVE_INFINITY
        })
        expect(full).toEqual(healthy)
        expect(soft.failures()).toEqual([])
      })
    }
  })
}
