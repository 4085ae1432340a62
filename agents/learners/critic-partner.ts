/**
 * The second thread as the first one sees it: what the critic has to do is ordered, and only waited for where its result is read.
 *
 * One minibatch step is one round trip. A pass is ordered before the actor's and awaited after it; a step is ordered and not awaited: the
 * next pass follows it in order. So parameters and moments of the critic are the thread's from a step until `settle`.
 */
import type { OptimizerConfig } from '../../src/core/config/schema.js'
import { RunError } from '../../src/core/errors.js'
import type { Kernels } from '../../src/kernels/kernels.js'
import { kernelModule } from '../../src/kernels/load.js'
import type { WasmMemory } from '../../src/kernels/memory.js'
import type { LossSettings } from '../losses/actor-critic-loss.js'
import type { ActorCritic } from '../networks/actor-critic.js'
import { CHANNEL_SIZE, type Clock, criticChannel, DEAD, READY, SLEEP_MS, SPIN_MS, WAKE } from './critic-channel.js'
import { criticSums, SUMS_SIZE, sumsAway } from './critic-sums.js'
import { type CriticTask, writePass, writeScale, writeStep } from './critic-thread.js'
import { type FusedArray, networkRuns, type Run } from './fused-memory.js'
import type { RolloutPlaces } from './fused-rollout.js'
import type { FusedRule } from './fused-rules.js'

/** Whoever can start threads; in Node src/cli/critic-crew.ts. */
export interface CriticCrew {
  /** Starts a thread that calls `serveCritic` with this task, and returns at once. */
  hire(task: CriticTask): HiredThread
  readonly clock: Clock
  /** Threads that this machine runs at once. */
  readonly cores: number
  /** How long a thread may show no sign of life, in ms; between two signs lies the work of a tile of 64 rows at most. */
  readonly silenceMs: number
}

export interface HiredThread {
  /** Why it ended, when it has said so. */
  reason(): string | null
  end(): void
}

export interface CriticPartner {
  /** Whether it takes part in the present update. */
  readonly active: boolean
  /** Before an update. @returns whether it takes part: not before it is ready, or if it never was @throws RunError when it has ended since */
  join(): boolean
  /** After an update. */
  leave(): void
  /** Orders the pass over rows from place `at` on. */
  pass(rollout: RolloutPlaces, at: number, rows: number, settings: LossSettings): void
  /** Of the last pass, once settled. */
  readonly sums: Float64Array
  /** The number by which `squares` knows a run of the critic's. */
  place(run: Run): number
  /** Σ x² of the gradient in that run; undefined where only the gradient tells, which may then be read. */
  squares(place: number): number | undefined
  /** Notes that a run is to be scaled, to be ordered by `scale`. @returns false where the caller must do it */
  note(run: Run, factor: number): boolean
  /** Orders the scalings that were noted: until `settle` the gradient is not to be read but by `squares`. */
  scale(): void
  /** Orders step `t` of the optimiser. @returns false where it knows no rule and the caller must step the critic too */
  step(t: number, learningRate: number): boolean
  /** Waits until everything ordered is done. @throws RunError when the thread has ended or shows no sign of life */
  settle(): void
  end(): void
}

export interface PartnerOptions {
  readonly crew: CriticCrew
  readonly kernels: Kernels
  readonly net: ActorCritic
  readonly parameters: FusedArray
  readonly gradient: FusedArray
  readonly rule: FusedRule | null
  readonly optimizer: OptimizerConfig
}

/** @returns null where threads cannot share the kernels' memory */
export function criticPartner({ crew, kernels, net, parameters, gradient, rule, optimizer }: PartnerOptions): CriticPartner | null {
  const { build, memory } = kernels
  if (build === 'plain') return null
  const place = memory.allocate(CHANNEL_SIZE)
  const tablePlace = memory.allocate(SUMS_SIZE)
  const channel = criticChannel(memory, place, crew.clock)
  const sums = sumsAway(criticSums(memory, tablePlace))
  const thread = crew.hire({
    build,
    module: kernelModule(build),
    memory: (memory as WasmMemory).wasm,
    channel: place,
    sums: tablePlace,
    layers: net.critic,
    size: net.layout.size,
    parameters: parameters.address,
    gradient: gradient.address,
    moments: Object.fromEntries(Object.entries(rule?.moments ?? {}).map(([name, { address }]) => [name, address])),
    runs: networkRuns(net.layout).get('critic')!,
    optimizer,
  })
  let active = false
  let wasReady = false
  let ordered = 0
  let scaledBy = 0 // number of the last order to scale or pass

  function order(): void {
    ordered = (ordered + 1) | 0
    channel.order(ordered)
  }

  const next = (): Float64Array => channel.command((ordered + 1) | 0)

  function refuseDead(): void {
    if (channel.state() !== DEAD && thread.reason() === null) return
    throw new RunError(`learner: the thread that computes the critic died: ${thread.reason() ?? 'nobody knows why'}. ${REMEDY}`)
  }

  function until(n: number): void {
    let beats = channel.beats()
    for (let silentMs = 0; !channel.done(n, SPIN_MS); silentMs += SLEEP_MS) {
      refuseDead()
      const now = channel.beats()
      if (now !== beats) silentMs = 0
      beats = now
      if (silentMs >= crew.silenceMs)
        throw new RunError(`learner: the thread that computes the critic shows no sign of life for ${crew.silenceMs / 1000} s. ${REMEDY}`)
    }
  }

  return {
    sums: channel.reply,

    get active() {
      return active
    },

    join() {
      wasReady ||= channel.state() === READY
      if (wasReady) refuseDead()
      active = wasReady
      if (!active) return false
      next()[0] = WAKE
      order()
      return true
    },

    leave() {
      active = false
    },

    pass(rollout, at, rows, settings) {
      writePass(next(), rollout, at, rows, settings, sums.passOrdered())
      order()
      scaledBy = ordered
    },

    place: sums.place,

    squares(run) {
      if (!active) return undefined
      until(scaledBy)
      return sums.sum(run)
    },

    note: (run, factor) => active && sums.scale(run, factor),

    scale() {
      const count = sums.takeScalings()
      if (count === 0) return
      writeScale(next(), count, sums.scaleOrdered())
      order()
      scaledBy = ordered
    },

    step(t, learningRate) {
      if (rule === null) return false
      writeStep(next(), t, learningRate)
      order()
      return true
    },

    settle: () => until(ordered),
    end: () => thread.end(),
  }
}

const REMEDY = 'Go on from the last checkpoint with --resume, on one thread: --threads 1'
