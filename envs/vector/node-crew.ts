/**
 * The threads of node-workers.ts, as the caller handles them: starting one, leaving it a message, waking it, and saying what became of it.
 * Node only.
 */
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads'
import { EnvError, WorkerLostError } from '../errors.js'
import { BUSY, commandWord, DEAD, PENDING, type Reply, type Request, requestWord, stateWord, type WorkerTask } from './worker-memory.js'

/** One worker, as the caller knows it. */
export interface Hand {
  readonly task: WorkerTask
  readonly worker: Worker
  readonly port: MessagePort
  /** Why it died, when Node has said so. */
  reason: string | null
}

/** How long an answer may take, and the name and unit of the option that says so: 'timeoutMs (milliseconds)'. */
export interface TimeLimit {
  readonly limitMs: number
  readonly option: string
}

/** Starts a thread; it is busy until it is ready. */
export function hired(task: WorkerTask, maxMemoryMb: number | undefined): Hand {
  const { port1, port2 } = new MessageChannel()
  Atomics.add(task.control, PENDING, 1)
  Atomics.store(task.control, stateWord(task.index), BUSY) // until it is ready
  const worker = new Worker(entry(task), {
    workerData: { task, port: port2 },
    transferList: [port2],
    ...(maxMemoryMb !== undefined && { resourceLimits: { maxOldGenerationSizeMb: maxMemoryMb } }),
  })
  worker.unref()
  const hand: Hand = { task, worker, port: port1, reason: null }
  worker.on('error', (error: Error & { readonly code?: string }) => {
    hand.reason = error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'it ran out of memory' : String(error.stack)
  })
  return hand
}

/**
 * The file that a worker begins with. From TypeScript sources it is TypeScript as well, and so may be the module of an environment: then tsx
 * is asked to read them, by name, because a worker does not inherit it.
 */
function entry(task: WorkerTask): URL {
  const own = import.meta.url
  const file = new URL(own.endsWith('.ts') ? './worker-entry.ts' : './worker-entry.js', own)
  const typed = [file.href, task.source.module ?? ''].find((url) => /\.[cm]?ts$/.test(url))
  if (typed === undefined) return file
  const code = `import { register } from 'node:module'
import { workerData } from 'node:worker_threads'
try {
  try { register('tsx/esm', ${JSON.stringify(typed)}, { data: true }) } catch {}
  await import(${JSON.stringify(file.href)})
} catch (error) {
  const { task: { control }, port } = workerData
  port.postMessage({ kind: 'died', reason: String(error?.stack ?? error) })
  if (Atomics.exchange(control, ${stateWord(task.index)}, ${DEAD}) === ${BUSY} && Atomics.sub(control, ${PENDING}, 1) === 1) {
    Atomics.notify(control, ${PENDING})
  }
}`
  return new URL(`data:text/javascript,${encodeURIComponent(code)}`)
}

/** Wakes workers for a request. */
export function call(control: Int32Array, hands: readonly Hand[], command: number): void {
  Atomics.store(control, PENDING, hands.length) // before anyone is busy: from then on a worker that dies counts itself out
  for (const { task } of hands) {
    if (!occupied(control, stateWord(task.index))) {
      Atomics.sub(control, PENDING, 1)
      continue
    }
    Atomics.store(control, commandWord(task.index), command)
    Atomics.add(control, requestWord(task.index), 1)
    Atomics.notify(control, requestWord(task.index))
  }
}

/** Makes a worker busy; false when it is dead, which it may become at any moment. */
function occupied(control: Int32Array, word: number): boolean {
  for (let state = Atomics.load(control, word); state !== DEAD; state = Atomics.load(control, word)) {
    if (Atomics.compareExchange(control, word, state, BUSY) === state) return true
  }
  return false
}

/** Leaves a message, after clearing away replies that nobody read because another worker failed. */
export function post(name: string, method: string, { port }: Hand, request: Request): void {
  while (receiveMessageOnPort(port) !== undefined);
  try {
    port.postMessage(request)
  } catch (error) {
    throw new EnvError(`${name}.${method}: what goes to a worker must be plain data: ${(error as Error).message}`)
  }
}

export const received = ({ port }: Hand): Reply => receiveMessageOnPort(port)!.message as Reply

/** What a worker said when it died. */
export function parting(hand: Hand): string | null {
  for (let next = receiveMessageOnPort(hand.port); next !== undefined; next = receiveMessageOnPort(hand.port)) {
    const reply = next.message as Reply
    if (reply.kind === 'died') return reply.reason
  }
  return null
}

export function lostError(
  name: string,
  method: string,
  { task }: Hand,
  reason: string | null,
  { limitMs, option }: TimeLimit,
): WorkerLostError {
  const last = task.first + task.count - 1
  const whose = task.count === 1 ? `environment ${task.first}` : `environments ${task.first} to ${last}`
  const what =
    reason === null
      ? `did not answer within ${limitMs / 1000} s; it hangs, ran out of memory, or needs more time: raise ${option}`
      : `died: ${reason}`
  return new WorkerLostError(`${name}.${method}: the worker of ${whose} ${what}. The vector environment cannot go on; make another.`, [
    task.first,
    last,
  ])
}
