/**
 * A Python peer: a process that measures its own steps when asked, one request and one answer a line, so that its rounds and ours take turns
 * in one run. It counts its own CPU time.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Elsewhere } from './harness.js'

export interface PeerRequest {
  readonly kind: 'single' | 'sync' | 'vector'
  readonly id: string
  readonly numEnvs: number
  /** Milliseconds to work, about. */
  readonly ms: number
}

/** Milliseconds per environment step. */
export interface PeerAnswer {
  readonly cpuMs: number
  readonly wallMs: number
}

export interface Peer {
  /** What it runs: 'gymnasium 1.4.0, numpy 2.4.6, python 3.11.4'. */
  readonly versions: string
  ask(request: PeerRequest): Promise<PeerAnswer>
  /** A variant for `measure`. */
  steps(kind: PeerRequest['kind'], id: string, numEnvs: number): Elsewhere
  close(): Promise<void>
}

/** @param python the interpreter, with scripts/bench/peers/requirements.txt installed  @throws when it cannot be started or ends */
export async function gymnasiumPeer(python: string): Promise<Peer> {
  const script = fileURLToPath(new URL('./peers/gymnasium-steps.py', import.meta.url))
  const child = spawn(python, [script], { stdio: ['pipe', 'pipe', 'inherit'] })
  const ended = new Promise<never>((_, reject) => {
    child.once('error', (error) => reject(new Error(`--python ${python}: ${error.message}`)))
    child.once('exit', (code) =>
      reject(new Error(`--python ${python}: the peer ended with code ${code}; its requirements are in peers/requirements.txt`)),
    )
  })
  ended.catch(() => {}) // heard of by whoever asks next
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const next = async () => {
    const { value, done } = await Promise.race([lines.next(), ended])
    return done ? await ended : (JSON.parse(value) as Record<string, unknown>)
  }
  const versions = await next()
  const ask = async (request: PeerRequest) => {
    child.stdin.write(`${JSON.stringify(request)}\n`)
    return (await next()) as unknown as PeerAnswer
  }
  return {
    versions: Object.entries(versions)
      .map((pair) => pair.join(' '))
      .join(', '),
    ask,
    steps: (kind, id, numEnvs) => ({ ask: (ms) => ask({ kind, id, numEnvs, ms }) }),
    close: async () => {
      child.stdin.end()
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    },
  }
}
