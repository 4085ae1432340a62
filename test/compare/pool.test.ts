import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, test } from 'vitest'
import type { Launch } from '../../src/compare/child.js'
import { type PoolEvent, runPool } from '../../src/compare/pool.js'

/** A child is a line of JavaScript; `pool` runs one per entry. */
const node = (script: string): Launch => ({ command: process.execPath, args: ['-e', script] })
const pool = (scripts: readonly string[], options = {}) => runPool({ specs: scripts, start: node, ...options })

const FOREVER = 'setInterval(() => {}, 1000); console.log("up")'
/** Aborts as soon as `count` children have said "up". */
function abortWhenUp(count: number): { readonly signal: AbortSignal; readonly onEvent: (event: PoolEvent<string>) => void } {
  const controller = new AbortController()
  let up = 0
  const onEvent = (event: PoolEvent<string>) => {
    if (event.kind === 'line' && event.line === 'up' && ++up === count) controller.abort()
  }
  return { signal: controller.signal, onEvent }
}

/** Whether a process with this id exists. */
function lives(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20))
}

describe('runPool', () => {
  test('outcomes come in the order of the specs, whatever ends first', async () => {
    const scripts = [50, 0, 20].map((ms) => `setTimeout(() => console.log(${ms}), ${ms})`)
    const { outcomes, interruptedBy } = await pool(scripts, { parallel: 3 })
    expect(outcomes.map(({ spec, status }) => ({ spec, status }))).toEqual(scripts.map((spec) => ({ spec, status: 'done' })))
    expect(interruptedBy).toBeNull()
  })

  test('a failure is written down with its last words and stops nobody', async () => {
    const { outcomes } = await pool(['for (let i = 1; i <= 30; i++) console.error("line " + i); process.exit(3)', ''], { parallel: 1 })
    expect(outcomes[0]).toMatchObject({ status: 'failed', reason: 'exit code 3' })
    expect(outcomes[0]!.lastWords).toEqual(Array.from({ length: 20 }, (_, i) => `line ${i + 11}`))
    expect(outcomes[1]).toMatchObject({ status: 'done', reason: null, lastWords: [] })
  })

  test('a child killed from outside has failed, and says by what', async () => {
    const { outcomes } = await pool(['process.kill(process.pid, "SIGKILL")'])
    expect(outcomes[0]).toMatchObject({ status: 'failed', reason: 'killed by SIGKILL' })
  })

  test('a command that does not exist, or a start that throws, is a failure like any other', async () => {
    const missing = await runPool({ specs: [1], start: () => ({ command: 'no-such-command-here', args: [] }) })
    expect(missing.outcomes[0]).toMatchObject({ status: 'failed', reason: 'could not be started' })
    expect(missing.outcomes[0]!.lastWords[0]).toContain('no-such-command-here')
    const thrown = await runPool({
      specs: [1],
      start: () => {
        throw new Error('no idea')
      },
    })
    expect(thrown.outcomes[0]).toMatchObject({ status: 'failed', lastWords: ['no idea'] })
  })

  test('never more than `parallel` at a time, and as many as that', async () => {
    let now = 0
    let most = 0
    const onEvent = ({ kind }: PoolEvent<string>) => {
      if (kind === 'started') most = Math.max(most, ++now)
      if (kind === 'ended') now--
    }
    await pool(Array(5).fill('setTimeout(() => {}, 100)'), { parallel: 2, onEvent })
    expect(most).toBe(2)
  })

  test('forwards lines whole, the unfinished last one too, and bytes split inside a letter', async () => {
    const lines: string[] = []
    const onEvent = (event: PoolEvent<string>) => {
      if (event.kind === 'line') lines.push(event.line)
    }
    const tau =
      'const b = Buffer.from("τ = 1\\nend"); process.stdout.write(b.subarray(0, 1)); setTimeout(() => process.stdout.write(b.subarray(1)), 50)'
    await pool([tau], { onEvent })
    expect(lines).toEqual(['τ = 1', 'end'])
  })

  test('an abort ends the running and starts no other', async () => {
    const { outcomes, interruptedBy } = await pool([FOREVER, FOREVER, FOREVER], { parallel: 2, ...abortWhenUp(2) })
    expect(interruptedBy).toBe('abort')
    expect(outcomes.map(({ status, reason }) => [status, reason])).toEqual([
      ['cancelled', 'killed by SIGTERM'],
      ['cancelled', 'killed by SIGTERM'],
      ['cancelled', 'not started'],
    ])
  })

  test('who ignores the request is killed after the grace period', async () => {
    const stubborn = `process.on("SIGTERM", () => {}); ${FOREVER}`
    const { outcomes } = await pool([stubborn], { graceSeconds: 0.2, ...abortWhenUp(1) })
    expect(outcomes[0]).toMatchObject({ status: 'cancelled', reason: 'killed by SIGKILL' })
  })

  test('a child that outlives its time limit has failed', async () => {
    const { outcomes } = await pool([FOREVER], { timeLimitSeconds: 0.3 })
    expect(outcomes[0]).toMatchObject({ status: 'failed', reason: 'took longer than 0.3 s' })
  })

  test('an abort before the start starts nothing', async () => {
    const { outcomes } = await pool(['process.exit(1)'], { signal: AbortSignal.abort() })
    expect(outcomes[0]).toMatchObject({ status: 'cancelled', reason: 'not started' })
  })

  test('a grandchild that keeps the pipe open cannot hold us, and is ended', async () => {
    let grandchild = 0
    const onEvent = (event: PoolEvent<string>) => {
      if (event.kind === 'line' && event.line !== '') grandchild = Number(event.line) // its own line is empty
    }
    const script = `const c = require("node:child_process").spawn(process.execPath, ["-e", ${JSON.stringify(FOREVER.replace('"up"', ''))}], { stdio: "inherit" }); c.unref(); setTimeout(() => { console.log(c.pid); process.exit(0) }, 100)`
    const { outcomes } = await pool([script], { onEvent })
    expect(outcomes[0]!.status).toBe('done')
    await until(() => !lives(grandchild))
  })

  test('what onEvent throws comes out, after the children have ended', async () => {
    let pid = 0
    const onEvent = (event: PoolEvent<string>) => {
      if (event.kind !== 'line') return
      pid = Number(event.line)
      throw new Error('screen gone')
    }
    await expect(pool(['console.log(process.pid); setInterval(() => {}, 1000)'], { onEvent })).rejects.toThrow('screen gone')
    expect(lives(pid)).toBe(false)
  })

  test('leaves no signal handlers behind and refuses a parallelism of 0', async () => {
    const before = process.listenerCount('SIGINT') + process.listenerCount('exit')
    await pool([''])
    expect(process.listenerCount('SIGINT') + process.listenerCount('exit')).toBe(before)
    await expect(pool([''], { parallel: 0 })).rejects.toThrow('parallel must be a whole number of at least 1, got 0')
  })
})

/** The pool in a process of its own, so that real signals can be sent to it. Prints the child's pid, then the pool's result. */
const PROGRAM = (then: string) => `
  import { runPool } from ${JSON.stringify(new URL('../../src/compare/pool.js', import.meta.url).href)}
  const start = () => ({ command: process.execPath, args: ['-e', 'console.log(process.pid); setInterval(() => {}, 1000)'] })
  const onEvent = (event) => { if (event.kind === 'line') { console.log(event.line); ${then} } }
  const { interruptedBy, outcomes } = await runPool({ specs: [1], start, onEvent })
  console.log(interruptedBy, outcomes[0].status)
`

describe('runPool as a process', () => {
  async function startProgram(
    then = '',
  ): Promise<{ readonly program: ReturnType<typeof spawn>; readonly lines: string[]; readonly pid: number }> {
    const program = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', PROGRAM(then)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const lines: string[] = []
    program.stdout.on('data', (data) => lines.push(...String(data).trim().split('\n')))
    await until(() => lines.length > 0)
    return { program, lines, pid: Number(lines[0]) }
  }

  test('SIGINT ends the children and lets the program finish', async () => {
    const { program, lines, pid } = await startProgram()
    program.kill('SIGINT')
    await once(program, 'close')
    expect(lines[1]).toBe('SIGINT cancelled')
    expect(lives(pid)).toBe(false)
  })

  test('a program that exits in the middle takes its children with it', async () => {
    const { program, pid } = await startProgram('process.exit(7)')
    if (program.exitCode === null) await once(program, 'exit')
    expect(program.exitCode).toBe(7)
    await until(() => !lives(pid))
  })
})
