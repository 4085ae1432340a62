/**
 * What a worker does: makes its environments, then serves requests until it is closed.
 *
 * It sleeps in `Atomics.wait` between requests. So that timers and console output of an environment still get their turn, it goes back to
 * its event loop when nothing is asked for a while, and after every so many requests.
 */
import { drawing } from '../canvas/canvas.js'
import { type SerialVectorEnv, serial } from './serial.js'
import { makerOf } from './worker-env.js'
import { writtenDown } from './worker-failure.js'
import {
  commandWord,
  FAILED,
  type Reply,
  type Request,
  requestWord,
  type SharedRows,
  STEP,
  sharedRows,
  type WorkerTask,
} from './worker-memory.js'

const IDLE_MS = 100 // sleep without a request before the event loop gets its turn
const REQUESTS_PER_TURN = 64

/** How a worker reaches its caller. */
export interface Line {
  /** The message that a request came with. */
  receive(): Request
  /** Answers the request: with a message, or without; `state` is WELL unless it says otherwise. */
  send(reply: Reply | null, state?: number): void
  /** Lets the event loop run. */
  turn(): Promise<unknown>
  /** From here on the thread may end. */
  finish(): void
}

export async function work(task: WorkerTask, { receive, send, turn, finish }: Line): Promise<void> {
  const { source, first, count, numEnvs, autoreset, index, control } = task
  let rows: SharedRows | null = null

  /** Runs one request; whatever it throws goes to the caller. */
  const attempt = (run: () => Reply | null): void => {
    try {
      send(run())
    } catch (error) {
      send({ kind: 'failed', failures: writtenDown(error) }, FAILED)
    }
  }

  const step = (venv: SerialVectorEnv, { actions, observations, finalObservations, rewards, terminated, truncated }: SharedRows): null => {
    const last = venv.step(actions)
    observations.set(last.observations)
    rewards.set(last.rewards)
    terminated.set(last.terminated)
    truncated.set(last.truncated)
    if (terminated.includes(1) || truncated.includes(1)) finalObservations.set(last.finalObservations)
    return null
  }

  const serve = (venv: SerialVectorEnv, request: Request): Reply => {
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
        return { kind: 'infos', infos: venv.infos!() }
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

  let venv: SerialVectorEnv
  try {
    const create = await makerOf(source)
    venv = serial((i) => create(first + i), { numEnvs: count, autoreset, firstIndex: first })
  } catch (error) {
    finish()
    send({ kind: 'failed', failures: writtenDown(error) }, FAILED)
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
    const idle = Atomics.wait(control, requestWord(index), seen, IDLE_MS) === 'timed-out'
    const request = Atomics.load(control, requestWord(index))
    if (request === seen) {
      // Nothing new: nobody asked for a while, or the caller was held up and its wake-up comes after the answer. Only the counter counts.
      if (idle) await turn()
      continue
    }
    seen = request
    if (Atomics.load(control, commandWord(index)) === STEP) attempt(() => step(venv, rows!))
    else {
      const message = receive()
      if (message.kind === 'close') finish()
      attempt(() => serve(venv, message))
      if (message.kind === 'close') return
    }
    if (++served % REQUESTS_PER_TURN === 0) await turn()
  }
}
