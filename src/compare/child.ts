/**
 * One child process from start to end: its lines forwarded, its last words kept, and a way to end it with everything it started.
 *
 * The promise always settles. A grandchild that keeps our pipe open after its parent has gone cannot hold us: pipes are dropped a moment
 * after the exit. On POSIX the child leads its own process group, so that Ctrl-C reaches it through us alone, and ending it ends its own
 * children too (a TypeScript runner's real process is one).
 */
import { type ChildProcess, spawn } from 'node:child_process'

/** What to start. */
export interface Launch {
  readonly command: string
  readonly args: readonly string[]
  /** Default: this process's. */
  readonly cwd?: string
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>
}

export interface ChildEnd {
  /** Exit code; null when a signal ended it or it never started. */
  readonly code: number | null
  readonly signal: string | null
  /** Last lines of its standard error, at most 20; says why when it never started. */
  readonly lastWords: readonly string[]
}

export interface Child {
  readonly ended: Promise<ChildEnd>
  /** Signals the child and everything it started; nothing happens once it has ended. */
  end(signal: NodeJS.Signals): void
}

const LAST_LINES = 20
const LINE_LIMIT = 10_000 // characters; what is longer is cut, so that a child cannot fill our memory
const PIPE_GRACE = 1_000 // ms between the exit and dropping pipes that something else holds open

/** @param onLine every line of the child's standard output, without its end */
export function startChild({ command, args, cwd, env }: Launch, onLine: (line: string) => void): Child {
  const lastWords: string[] = []
  let running = true
  const child = spawn(command, [...args], {
    ...(cwd === undefined ? {} : { cwd }),
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: process.platform !== 'win32',
  })
  const flushOut = readLines(child.stdout, onLine)
  const flushError = readLines(child.stderr, (line) => {
    if (line.trim() === '') return
    lastWords.push(line)
    if (lastWords.length > LAST_LINES) lastWords.shift()
  })

  const ended = new Promise<ChildEnd>((resolve) => {
    const finish = (code: number | null, signal: string | null) => {
      if (!running) return
      running = false
      flushOut()
      flushError()
      child.stdout.destroy()
      child.stderr.destroy()
      resolve({ code, signal, lastWords })
    }
    child.once('error', (error) => {
      lastWords.push(`cannot start ${command}: ${error.message}`)
      finish(null, null)
    })
    child.once('close', finish)
    child.once('exit', (code, signal) => {
      const drop = () => {
        endGroup(child, 'SIGKILL') // whatever it left behind and still holds our pipes
        finish(code, signal)
      }
      setTimeout(drop, PIPE_GRACE).unref()
    })
  })
  return { ended, end: (signal) => running && endGroup(child, signal) }
}

/** The group exists as long as anyone in it lives, even when its leader has gone. */
function endGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return
  try {
    if (process.platform === 'win32') child.kill(signal)
    else process.kill(-child.pid, signal)
  } catch {
    // It has just ended by itself: nothing left to do.
  }
}

/** @returns a function that hands over the unfinished last line */
function readLines(source: NodeJS.ReadableStream, onLine: (line: string) => void): () => void {
  let rest = ''
  source.setEncoding('utf8')
  source.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop()!.slice(0, LINE_LIMIT)
    for (const line of lines) onLine(line.replace(/\r$/, '').slice(0, LINE_LIMIT))
  })
  source.on('error', () => {}) // a broken pipe: the exit code says the rest
  return () => {
    if (rest !== '') onLine(rest.slice(0, LINE_LIMIT))
    rest = ''
  }
}
