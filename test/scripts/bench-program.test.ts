import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { wasmFeatures } from '../../scripts/bench/machine.js'
import { type OurProgram, startOurs } from '../../scripts/bench/ours/start.js'
import { able, pythonPeers } from '../../scripts/bench/peer.js'
import { type Program, ProgramError, parseLine, startProgram } from '../../scripts/bench/program.js'
import { SETTINGS } from '../../scripts/bench/training-settings.js'

describe('a line of a program', () => {
  test.each([
    ['{"ready": {"torch": "2.13.0", "python": "3.11.7"}}', { kind: 'ready', versions: 'torch 2.13.0, python 3.11.7' }],
    ['{"missing": "torch"}', { kind: 'missing', name: 'torch' }],
    ['{"error": "ValueError: no"}', { kind: 'error', message: 'ValueError: no' }],
    ['{"cpuMs": 1.5, "wallMs": 2, "peakMiB": 300}', { kind: 'times', times: { cpuMs: 1.5, wallMs: 2, peakMiB: 300 } }],
    ['Warning: something is deprecated', null],
    ['{chatter}', null],
    ['', null],
  ])('%s', (line, expected) => expect(parseLine(line)).toEqual(expected))

  test.each(['{"cpuMs": 1}', '{"cpuMs": -1, "wallMs": 1}', '{"cpuMs": "1", "wallMs": 1}', '{}'])('is refused as times: %s', (line) =>
    expect(parseLine(line)).toEqual({ kind: 'error', message: `expected cpuMs and wallMs, got ${line}` }),
  )
})

describe('a program', () => {
  let folder = ''
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'tau-rl-program-'))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  /** One that says these lines, then answers every request with `answer`, an expression of JavaScript. */
  const start = (first: readonly string[], answer = '""', limit = 20_000) => {
    const file = join(folder, 'program.cjs')
    const body = `${first.map((line) => `console.log(${JSON.stringify(line)});`).join('')}
      require('readline').createInterface({ input: process.stdin }).on('line', (line) => { const request = JSON.parse(line); console.log(${answer}) })`
    writeFileSync(file, body)
    return startProgram(process.execPath, [file], limit)
  }
  const READY = '{"ready": {"it": "1"}}'
  const TIMES = 'JSON.stringify({ cpuMs: request.ms, wallMs: 1 })'

  test('answers one request after the other, whatever it chatters', async () => {
    const program = await start(['hello', READY], `'chatter\\n' + ${TIMES}`)
    expect(program.versions).toBe('it 1')
    expect([(await program.ask({ ms: 3 })).cpuMs, (await program.ask({ ms: 4 })).cpuMs]).toEqual([3, 4])
    await program.close()
  })

  test('that fails once can be asked again', async () => {
    const program = await start([READY], `request.ms === 1 ? '{"error": "no"}' : ${TIMES}`)
    await expect(program.ask({ ms: 1 })).rejects.toThrow(new ProgramError('no'))
    expect((await program.ask({ ms: 2 })).cpuMs).toBe(2)
    await program.close()
  })

  test('that lacks a package, ends, or never answers is a ProgramError with the reason', async () => {
    await expect(start(['{"missing": "torch"}'])).rejects.toThrow(new ProgramError('no module torch'))
    await expect(startProgram(process.execPath, ['-e', 'console.error("why"); process.exit(3)'])).rejects.toThrow(
      'it ended with code 3 why',
    )
    const program = await start([READY], "'thinking'", 300)
    await expect(program.ask({ ms: 1 })).rejects.toThrow('no answer after 0.3 s')
  })

  test('that fails at its first try is left out, with a note', async () => {
    const notes: string[] = []
    const good = { ask: async () => ({ cpuMs: 1, wallMs: 1 }) }
    const bad = { ...good, warmUp: () => Promise.reject(new ProgramError('no compiler')) }
    expect(Object.keys(await able({ good, bad }, notes))).toEqual(['good'])
    expect(notes).toEqual(['bad: not measured, no compiler'])
    const broken = { ...good, warmUp: () => Promise.reject(new TypeError('a fault of ours')) }
    await expect(able({ broken }, notes)).rejects.toThrow('a fault of ours')
  })

  test('of Python is not started without a Python, and a Python that is not there is a note', async () => {
    const script = { JAX: { script: 'jax_update.py' } }
    const notes: string[] = []
    expect(await pythonPeers(null).start(script, notes)).toEqual({})
    expect(await pythonPeers('no-such-python').start(script, notes)).toEqual({})
    expect(notes).toEqual(['JAX: not measured, --python names no Python', expect.stringMatching(/^JAX: not measured, .*no-such-python/)])
  })
})

const small = { inputs: 3, hidden: [8], actions: 4, minibatch: 16, threads: 1, ms: 1 } as const
const work: readonly (readonly [OurProgram, readonly Parameters<Program['ask']>[0][]])[] = [
  ['optim.ts', [{ parameters: 1000, ms: 1 }]],
  ['update.ts', [small]],
  [
    'training.ts',
    [
      { ...SETTINGS.cleanrl, steps: 1024, threads: 1 },
      { ...SETTINGS.a2c, steps: 80, threads: 1 },
    ],
  ],
]
test.each(work)('our own program %s does its work', async (script, requests) => {
  const program = await startOurs(script)
  for (const request of requests) {
    const times = await program.ask(request)
    expect(times).toMatchObject({ cpuMs: expect.any(Number), wallMs: expect.any(Number), peakMiB: expect.any(Number) })
    if (script === 'training.ts') expect(times['steps']).toBe(request['steps'])
  }
  await program.close()
})

test('the features of WebAssembly: every Node that we run on has SIMD and threads', () => {
  expect(wasmFeatures()).toEqual(expect.arrayContaining(['SIMD', 'threads']))
})
