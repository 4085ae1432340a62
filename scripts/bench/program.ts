/**
 * A program in a process of its own that measures itself when asked, one request and one answer a line, so that its rounds and ours take
 * turns in one run. It counts its own CPU time. Python programs speak through peers/serve.py, ours through ours/serve.ts.
 */
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Json } from '../../src/core/json.js'

/** Milliseconds per unit of work, and what else the program has to say about them. */
export interface Times {
  readonly cpuMs: number
  readonly wallMs: number
  readonly [more: string]: unknown
}

/** What a line of a program says. */
export type ProgramLine =
  | { readonly kind: 'ready'; readonly versions: string }
  | { readonly kind: 'missing'; readonly name: string }
  | { readonly kind: 'error'; readonly message: string }
  | { readonly kind: 'times'; readonly times: Times }

export interface Program {
  /** What it runs: 'gymnasium 1.3.0, numpy 2.4.6, python 3.11.4'. */
  readonly versions: string
  /** @throws ProgramError when it fails, ends or takes too long; it can then not be asked again, unless it only answered with an error */
  ask(request: Readonly<Record<string, Json>>): Promise<Times>
  /** Lets it end. */
  close(): Promise<void>
}

/** The message says which program and why; to be shown instead of its times. */
export class ProgramError extends Error {}

/** Null for what is no answer: libraries chatter. */
export function parseLine(line: string): ProgramLine | null {
  if (!line.startsWith('{')) return null
  let value: Record<string, unknown>
  try {
    value = JSON.parse(line) as Record<string, unknown>
  } catch {
    return null
  }
  const { ready, missing, error, cpuMs, wallMs } = value
  if (typeof ready === 'object' && ready !== null) {
    const versions = Object.entries(ready).map(([name, version]) => `${name} ${version}`)
    return { kind: 'ready', versions: versions.join(', ') }
  }
  if (typeof missing === 'string') return { kind: 'missing', name: missing }
  if (typeof error === 'string') return { kind: 'error', message: error }
  const isTime = (ms: unknown): ms is number => typeof ms === 'number' && Number.isFinite(ms) && ms >= 0
  if (isTime(cpuMs) && isTime(wallMs)) return { kind: 'times', times: { ...value, cpuMs, wallMs } }
  return { kind: 'error', message: `expected cpuMs and wallMs, got ${line.slice(0, 200)}` }
}

const LIMIT = 300_000 // ms for one answer: a compiler may take minutes, a program that hangs must not take the bench with it
const REMEMBERED = 2000 // characters of what it wrote to stderr

/** Starts it and hears what it runs. @param limit ms for an answer @throws ProgramError when it cannot, or lacks a package */
export async function startProgram(command: string, args: readonly string[], limit = LIMIT): Promise<Program> {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] })
  let heard = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    heard = (heard + text).slice(-REMEMBERED)
  })
  child.stdin.on('error', () => {}) // it ended; `ended` says so
  const ended = new Promise<never>((_, reject) => {
    child.once('error', (error) => reject(new ProgramError(error.message)))
    child.once('close', (code, signal) => reject(new ProgramError(`it ended with ${signal ?? `code ${code}`} ${lastLine(heard)}`.trim())))
  })
  ended.catch(() => {}) // heard of by whoever asks next
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const answer = async (): Promise<ProgramLine> => {
    for (;;) {
      const { value, done } = await lines.next()
      if (done) return await ended
      const line = parseLine(value)
      if (line !== null) return line
    }
  }
  const next = async (limit: number): Promise<ProgramLine> => {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        child.kill('SIGKILL')
        reject(new ProgramError(`no answer after ${limit / 1000} s`))
      }, limit)
    })
    try {
      return await Promise.race([answer(), ended, late])
    } finally {
      clearTimeout(timer)
    }
  }
  const first = await next(LIMIT)
  if (first.kind === 'missing') throw new ProgramError(`no module ${first.name}`)
  if (first.kind !== 'ready') throw new ProgramError(`expected what it runs, got ${JSON.stringify(first)}`)
  return {
    versions: first.versions,
    async ask(request) {
      child.stdin.write(`${JSON.stringify(request)}\n`)
      const line = await next(limit)
      if (line.kind === 'times') return line.times
      throw new ProgramError(line.kind === 'error' ? line.message : `expected times, got ${JSON.stringify(line)}`)
    },
    async close() {
      child.stdin.end()
      await ended.catch(() => {})
    },
  }
}

const lastLine = (text: string): string => text.trimEnd().split('\n').at(-1) ?? ''
