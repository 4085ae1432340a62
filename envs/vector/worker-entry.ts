/**
 * Where a worker begins. It sets up how it answers, and how it says that it died, before it loads anything that could fail; the work is in
 * worker-loop.ts. Node only.
 */
import { type MessagePort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { BUSY, DEAD, PENDING, type Reply, type Request, stateWord, WELL, type WorkerTask } from './worker-memory.js'

const { task, port } = workerData as { readonly task: WorkerTask; readonly port: MessagePort }
const { control, index } = task
let reason: string | null = null
let finished = false // ends because there is nothing more to do

/** Tells that the request is done, or that it never will be; the last of all workers wakes the caller. */
function answer(state: number): void {
  const before = Atomics.exchange(control, stateWord(index), state)
  if (before === BUSY && Atomics.sub(control, PENDING, 1) === 1) Atomics.notify(control, PENDING)
}

process.on('uncaughtExceptionMonitor', (error) => {
  reason = `an error nobody caught: ${error instanceof Error ? error.stack : String(error)}`
})
process.on('exit', (code) => {
  if (finished) return
  port.postMessage({ kind: 'died', reason: reason ?? `process.exit(${code})` } satisfies Reply)
  answer(DEAD)
})

const { work } = await import('./worker-loop.js')
await work(task, {
  receive: () => receiveMessageOnPort(port)!.message as Request,
  send: (reply, state = WELL) => {
    if (reply !== null) port.postMessage(reply)
    answer(state)
  },
  turn: () => new Promise((resolve) => setImmediate(resolve)),
  finish: () => {
    finished = true
  },
})
