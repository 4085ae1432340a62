/**
 * The worker's side: makes its environments, then does what it is asked until it is closed. Node only.
 *
 * It sleeps in `Atomics.wait` between requests. So that timers and console output of an environment still get their turn, it goes back to
 * its event loop when nothing is asked for a while, and after every so many requests.
 */
import { type MessagePort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { drawing } from '../canvas/canvas.js'
import { type SerialVectorEnv, serial } from './serial.js'
import type { VectorStep } from './vector-env.js'
import { failureOf, makerOf, watched } from './worker-env.js'
import {
  BUSY,
  commandWord,
  DEAD,
  FAILED,
  type FailurePlace,
  PENDING,
  type Reply,
  type Request,
  requestWord,
  type SharedRows,
  STEP,
  sharedRows,
  stateWord,
  WELL,
  type WorkerTask,
} from './worker-memory.js'

const IDLE_MS = 100 // sleep without a request before the event loop gets its turn
const REQUESTS_PER_TURN = 64

const { task, port } = workerData as { readonly task: WorkerTask; readonly port: MessagePort }
const { source, first, count, numEnvs, autoreset, index, control } = task
let place: FailurePlace | null = null
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

function send(reply: Reply): void {
  port.postMessage(reply)
  answer(reply.kind === 'failed' ? FAILED : WELL)
}

/** Runs one request; whatever it throws goes to the caller. */
function attempt(run: () => Reply | null): void {
  place = null
  try {
    const reply = run()
    if (reply === null) answer(WELL)
    else send(reply)
  } catch (error) {
    send({ kind: 'failed', failure: failureOf(error, place) })
  }
}

let rows: SharedRows | null = null
let last: VectorStep | null = null

function step(venv: SerialVectorEnv, { actions, observations, finalObservations, rewards, terminated, truncated }: SharedRows): null {
  const result = venv.step(actions)
  last = result
  observations.set(result.observations)
  rewards.set(result.rewards)
  terminated.set(result.terminated)
  truncated.set(result.truncated)
  if (result.terminated.includes(1) || result.truncated.includes(1)) finalObservations.set(result.finalObservations)
  return null
}

function serve(venv: SerialVectorEnv, request: Request): Reply {
  switch (request.kind) {
    case 'memory':
      rows = sharedRows(numEnvs, venv.observationSpace.size, venv.actionSpace.size, { first, count, block: request.block })
      return { kind: 'done' }
    case 'reset': {
      const { kind: _, ...options } = request
      rows!.observations.set(venv.reset(options))
      return { kind: 'done' }
    }
    case 'infos':
      return { kind: 'infos', infos: last!.infos }
    case 'draw':
      return { kind: 'drawing', drawing: drawing((canvas) => venv.draw!(request.index, canvas)) }
    case 'saveOne':
      return { kind: 'saved', saved: venv.saveOne(request.index) }
    case 'save':
      return { kind: 'saved', saved: venv.save() }
    case 'load':
      venv.load(request.saved)
      return { kind: 'done' }
    case 'close':
      venv.close()
      return { kind: 'done' }
  }
}

async function main(): Promise<void> {
  let venv: SerialVectorEnv
  try {
    const create = await makerOf(source)
    const note = (at: FailurePlace) => {
      place ??= at
    }
    venv = serial((i) => watched(create(first + i), first + i, note), { numEnvs: count, autoreset, firstIndex: first })
  } catch (error) {
    finished = true
    send({ kind: 'failed', failure: failureOf(error, null) })
    return
  }
  const { observationSpace, actionSpace, spec, draw } = venv
  send({
    kind: 'ready',
    observationSpace: observationSpace.toJSON(),
    actionSpace: actionSpace.toJSON(),
    spec,
    drawable: draw !== undefined,
  })

  for (let seen = 0, served = 0; ; ) {
    if (Atomics.wait(control, requestWord(index), seen, IDLE_MS) === 'timed-out') {
      await turn()
      continue
    }
    seen = Atomics.load(control, requestWord(index))
    if (Atomics.load(control, commandWord(index)) === STEP) attempt(() => step(venv, rows!))
    else {
      const request = receiveMessageOnPort(port)!.message as Request
      finished = request.kind === 'close'
      attempt(() => serve(venv, request))
      if (finished) return
    }
    if (++served % REQUESTS_PER_TURN === 0) await turn()
  }
}

const turn = () => new Promise((resolve) => setImmediate(resolve))

await main()
