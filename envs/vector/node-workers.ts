/**
 * Worker threads for environments whose steps are costly: N environments spread over a few workers, in shared memory. Node only, and so not
 * part of `tau-rl/envs` but of `tau-rl/envs/workers`.
 *
 * What comes out is what serial.ts gives, because each worker runs serial.ts on its share. The contract is synchronous, so the caller sleeps
 * until all have answered; whoever does not answer in time is lost, and that is an error, never a hang. Nobody spins: with more threads than
 * cores a spinning thread takes the core that the others wait for.
 */
import { availableParallelism } from 'node:os'
import { redraw } from '../canvas/redraw.js'
import type { Info } from '../core.js'
import { type EnvError, ResetNeededError } from '../errors.js'
import type { Json } from '../json.js'
import { savedObject } from '../saved.js'
import { spaceFromJson } from '../spaces/from-json.js'
import { closedError } from '../wrappers/close-enforcing.js'
import { actionCheck, checkIndex, checkVector } from './boundary.js'
import { throwTogether } from './failures.js'
import { call, type Hand, hired, lostError, parting, post, received, type TimeLimit } from './node-crew.js'
import { resetPlan } from './reset-plan.js'
import { answerRows } from './rows.js'
import { savedVector } from './saved-vector.js'
import type { AutoresetMode, VectorEnv } from './vector-env.js'
import type { WorkerKit } from './vectorization.js'
import { readAgain } from './worker-failure.js'
import {
  BUSY,
  controlWords,
  DEAD,
  type EnvSource,
  FAILED,
  MESSAGE,
  PENDING,
  type Reply,
  type Request,
  STEP,
  sharedRows,
  stateWord,
} from './worker-memory.js'

export type { WorkerKit } from './vectorization.js'
export type { EnvSource } from './worker-memory.js'

export interface WorkerLimits {
  /** Threads. Default: as many as can run at once, and no more than environments. */
  readonly workers?: number
  /** How long a step, a reset or anything else may take, in milliseconds. Default 10 000. */
  readonly timeoutMs?: number
  /** How long workers may take to start and make their environments, in milliseconds. Default 60 000. */
  readonly startTimeoutMs?: number
  /** What messages call these two limits, for programs whose users set them elsewhere: 'workerTimeout (seconds)'. Default: their own names. */
  readonly timeoutOption?: string
  /** JavaScript heap of each worker, in MB; a worker that needs more dies. Default: Node's. */
  readonly maxMemoryMb?: number
}

export interface WorkersOptions extends WorkerLimits {
  /** At least 1. */
  readonly numEnvs: number
  /** Default 'same-step'. */
  readonly autoreset?: AutoresetMode
}

/** What `makeVec` needs to put environments into workers: `makeVec(id, { numEnvs, workers: nodeWorkers() })`. */
export function nodeWorkers(limits: WorkerLimits = {}): WorkerKit {
  return {
    parallelism: limits.workers ?? availableParallelism(),
    clock: () => performance.now(),
    create: (source, options) => workers(source, { ...limits, ...options }),
  }
}

/**
 * @throws RangeError for counts and times out of range; what making an environment throws; WorkerLostError when a worker does not start.
 * Later calls throw FailedEnvError for what an environment throws, and WorkerLostError, from then on, once a worker has died or hung.
 */
export function workers(source: EnvSource, options: WorkersOptions): VectorEnv {
  const { numEnvs, autoreset = 'same-step', timeoutMs = 10_000, startTimeoutMs = 60_000, timeoutOption, maxMemoryMb } = options
  checkVector('workers', numEnvs, autoreset)
  for (const [name, value] of Object.entries({ workers: options.workers ?? 1, timeoutMs, startTimeoutMs, maxMemoryMb: maxMemoryMb ?? 1 })) {
    if (!(value >= 1 && value < Infinity)) throw new RangeError(`workers: ${name} must be a number of at least 1, got ${value}`)
  }
  const answering: TimeLimit = { limitMs: timeoutMs, option: timeoutOption ?? 'timeoutMs (milliseconds)' }
  const starting: TimeLimit = { limitMs: startTimeoutMs, option: timeoutOption ?? 'startTimeoutMs (milliseconds)' }
  const total = Math.min(numEnvs, Math.floor(options.workers ?? availableParallelism()))
  const control = controlWords(total)
  const crew = Array.from({ length: total }, (_, index): Hand => {
    const first = Math.floor((index * numEnvs) / total)
    const count = Math.floor(((index + 1) * numEnvs) / total) - first
    return hired({ source, first, count, numEnvs, autoreset, index, control }, maxMemoryMb)
  })
  let name = 'id' in source ? source.id : 'environment'
  let broken: EnvError | null = null // once a worker is lost
  let closed = false
  let started = false

  /** Ends all threads, whatever they are doing. */
  const dismiss = () => {
    for (const { worker } of crew) void worker.terminate()
  }

  const usable = (method: string) => {
    if (broken !== null) throw broken
    if (closed) throw closedError(name, method)
  }

  /** Sleeps until all who were asked have answered. @throws WorkerLostError, or what an environment threw */
  const settle = (method: string, asked: readonly Hand[], limit: TimeLimit) => {
    let late = false
    for (let left = Atomics.load(control, PENDING); left > 0 && !late; left = Atomics.load(control, PENDING)) {
      late = Atomics.wait(control, PENDING, left, limit.limitMs) === 'timed-out' && Atomics.load(control, PENDING) > 0
    }
    const state = ({ task }: Hand) => Atomics.load(control, stateWord(task.index))
    const lost = asked.find((hand) => state(hand) === DEAD || state(hand) === BUSY)
    if (lost !== undefined) {
      broken = lostError(name, method, lost, state(lost) === DEAD ? (parting(lost) ?? lost.reason) : lost.reason, limit)
      dismiss()
      throw broken
    }
    const failures = asked
      .filter((hand) => state(hand) === FAILED)
      .flatMap((hand) => (received(hand) as Extract<Reply, { kind: 'failed' }>).failures)
    throwTogether(failures.map((failure) => readAgain(name, failure)))
  }

  /** Asks some workers something by message and returns their replies, in order. */
  const ask = (method: string, requests: readonly (readonly [Hand, Request])[]): Reply[] => {
    for (const [hand, request] of requests) post(name, method, hand, request)
    call(
      control,
      requests.map(([hand]) => hand),
      MESSAGE,
    )
    settle(
      method,
      requests.map(([hand]) => hand),
      answering,
    )
    return requests.map(([hand]) => received(hand))
  }
  const askAll = (method: string, request: Request) =>
    ask(
      method,
      crew.map((hand) => [hand, request] as const),
    )
  const owner = (env: number): Hand => crew.find(({ task }) => env < task.first + task.count)!

  const ready = opened(() => {
    settle('start', crew, starting)
    return crew.map((hand) => received(hand) as Extract<Reply, { kind: 'ready' }>)[0]!
  }, dismiss)
  const { spec, drawable } = ready
  const observationSpace = spaceFromJson(ready.observationSpace)
  const actionSpace = spaceFromJson(ready.actionSpace)
  name = spec?.id ?? name
  const shared = sharedRows(numEnvs, observationSpace.size, actionSpace.size)
  opened(() => askAll('start', { kind: 'memory', block: shared.block }), dismiss)
  const check = actionCheck(name, actionSpace, numEnvs)

  let infos: readonly Info[] | null = null // fetched when somebody asks
  const { observations, finalObservations, rewards, terminated, truncated, step } = answerRows(numEnvs, observationSpace.size, () => {
    usable('infos')
    infos ??= askAll('infos', { kind: 'infos' }).flatMap((reply) => (reply as Extract<Reply, { kind: 'infos' }>).infos)
    return infos
  })

  return {
    numEnvs,
    observationSpace,
    actionSpace,
    autoreset,
    spec,
    reset: (resetOptions = {}) => {
      usable('reset')
      const { touches, seed } = resetPlan(name, resetOptions, numEnvs, started)
      const requests = crew.flatMap((hand): (readonly [Hand, Request])[] => {
        const own = Array.from({ length: hand.task.count }, (_, i) => hand.task.first + i)
        if (!own.some(touches)) return []
        const seeds = started && resetOptions.seed === undefined ? null : own.map((i) => seed(i) ?? i)
        const request: Request = {
          kind: 'reset',
          ...(seeds && { seed: seeds }),
          ...(resetOptions.mask && { mask: own.map(touches) }),
          ...(resetOptions.options && { options: resetOptions.options }),
        }
        return [[hand, request]]
      })
      ask('reset', requests)
      infos = null
      started = true
      observations.set(shared.observations)
      return observations
    },
    step: (actions) => {
      usable('step')
      if (!started) throw new ResetNeededError(`${name}.step: call reset() first`)
      check(actions)
      for (let i = 0; i < shared.actions.length; i++) shared.actions[i] = actions[i]!
      infos = null
      call(control, crew, STEP)
      settle('step', crew, answering)
      observations.set(shared.observations)
      finalObservations.set(shared.finalObservations)
      rewards.set(shared.rewards)
      terminated.set(shared.terminated)
      truncated.set(shared.truncated)
      return step
    },
    infos: () => step.infos,
    ...(drawable && {
      draw: (index, canvas) => {
        usable('draw')
        checkIndex(name, 'draw', index, numEnvs)
        const hand = owner(index)
        const [reply] = ask('draw', [[hand, { kind: 'draw', index: index - hand.task.first }]])
        redraw((reply as Extract<Reply, { kind: 'drawing' }>).drawing, canvas)
      },
    }),
    saveOne: (index) => {
      usable('saveOne')
      checkIndex(name, 'saveOne', index, numEnvs)
      const hand = owner(index)
      const [reply] = ask('saveOne', [[hand, { kind: 'saveOne', index: index - hand.task.first }]])
      return (reply as Extract<Reply, { kind: 'saved' }>).saved
    },
    save: () => {
      usable('save')
      const parts = askAll('save', { kind: 'save' }).map((reply) => savedObject(name, (reply as Extract<Reply, { kind: 'saved' }>).saved))
      const all = (field: string) => parts.flatMap((part) => part[field] as readonly Json[])
      return { envs: all('envs'), waiting: all('waiting'), steps: all('steps'), started }
    },
    load: (saved) => {
      usable('load')
      const { envs, waiting, steps, started: begun } = savedVector(name, saved, numEnvs)
      ask(
        'load',
        crew.map((hand) => {
          const { first, count } = hand.task
          const own = (values: readonly Json[]) => values.slice(first, first + count)
          return [hand, { kind: 'load', saved: { envs: own(envs), waiting: own(waiting), steps: own(steps), started: begun } }] as const
        }),
      )
      infos = null
      started = begun
    },
    close: () => {
      if (closed) return
      closed = true
      try {
        if (broken === null) askAll('close', { kind: 'close' })
      } finally {
        dismiss()
      }
    },
  }
}

/** Runs a part of the start; what fails there leaves no thread behind. */
function opened<T>(run: () => T, dismiss: () => void): T {
  try {
    return run()
  } catch (error) {
    dismiss()
    throw error
  }
}
