import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { RunError } from '../../src/core/errors.js'
import { lockHolder, takeLock } from '../../src/record/run-lock.js'
import { emptyFolder } from './support/folders.js'

const now = Date.now()

/** The number of a process that has ended. */
function deadPid(): number {
  return spawnSync(process.execPath, ['-e', '']).pid
}

function lockOf(content: object | string): string {
  const path = join(emptyFolder(), 'run.lock')
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

describe('run lock', () => {
  test('one holder at a time; free again after release', () => {
    const path = join(emptyFolder(), 'run.lock')
    const lock = takeLock(path, now)
    expect(lockHolder(path, now)).toEqual({ pid: process.pid, host: hostname(), start: now })
    expect(() => takeLock(path, now)).toThrow(RunError)
    expect(() => takeLock(path, now)).toThrow(`process ${process.pid} on ${hostname()} has been writing to this folder since`)
    lock.release()
    lock.release()
    expect(existsSync(path)).toBe(false)
    expect(lockHolder(path, now)).toBeNull()
    takeLock(path, now).release()
  })

  test('the lock of a dead process is taken over, and nothing is left of it', () => {
    const path = lockOf({ pid: deadPid(), host: hostname(), start: now })
    expect(lockHolder(path, now)).toBeNull()
    takeLock(path, now)
    expect(lockHolder(path, now)?.pid).toBe(process.pid)
    expect(readdirSync(join(path, '..'))).toEqual(['run.lock'])
  })

  test('an older lock with our own process number belonged to someone before us', () => {
    const start = now - process.uptime() * 1000 - 60_000
    takeLock(lockOf({ pid: process.pid, host: hostname(), start }), now)
  })

  test('a living process, and any process on another machine, keeps its lock', () => {
    for (const holder of [
      { pid: process.ppid, host: hostname(), start: now },
      { pid: deadPid(), host: 'another-machine', start: now },
    ]) {
      const path = lockOf(holder)
      expect(() => takeLock(path, now)).toThrow(`process ${holder.pid} on ${holder.host}`)
      expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(holder)
    }
  })

  test.each(['', '{"pid":', '{"pid":-5,"host":"x","start":0}', '[]'])(
    'an unreadable lock %j counts, and the message says what to do',
    (content) => {
      const path = lockOf(content)
      expect(() => takeLock(path, now)).toThrow(`${path}: the lock file says nothing readable. If no other process writes`)
      expect(existsSync(path)).toBe(true)
    },
  )

  test('release leaves a lock alone that is no longer ours', () => {
    const path = join(emptyFolder(), 'run.lock')
    const lock = takeLock(path, now)
    writeFileSync(path, 'someone else')
    lock.release()
    expect(readFileSync(path, 'utf8')).toBe('someone else')
  })
})
