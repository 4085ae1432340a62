/**
 * The second thread of a fused learner: it owns the critic while an update runs. It computes the critic's part of a gradient and steps the
 * critic's parameters, by the same code as the first thread and so to the same bits, in the memory that both share.
 */
import type { OptimizerConfig } from '../../src/core/config/schema.js'
import { kernelsOn, type WasmBuild } from '../../src/kernels/load.js'
import { memoryOn } from '../../src/kernels/memory.js'
import type { LossSettings } from '../losses/actor-critic-loss.js'
import type { DenseLayer } from '../networks/layers.js'
import { type Clock, criticChannel, DEAD, PASS, READY, SCALE, SPIN_MS, STEP, WAKE } from './critic-channel.js'
import { criticSums, scaleAll, sumUp } from './critic-sums.js'
import { type ValueSettings, valueHead } from './fused-heads.js'
import { arrayAt, type Run } from './fused-memory.js'
import { fusedNetwork } from './fused-network.js'
import type { RolloutPlaces } from './fused-rollout.js'
import { fusedRule } from './fused-rules.js'
import { networkPass } from './network-pass.js'

/** Everything that the thread is told at its start: plain data, and what threads may share. */
export interface CriticTask {
  readonly build: WasmBuild
  readonly module: WebAssembly.Module
  readonly memory: WebAssembly.Memory
  /** Addresses of its channel, and of its table of sums. */
  readonly channel: number
  readonly sums: number
  readonly layers: readonly DenseLayer[]
  /** Of the flat arrays: their length, and their addresses. */
  readonly size: number
  readonly parameters: number
  readonly gradient: number
  /** By name; empty where the kernels do not know the optimiser. */
  readonly moments: Readonly<Record<string, number>>
  /** The critic's elements. */
  readonly runs: readonly Run[]
  readonly optimizer: OptimizerConfig
}

/** After a call that an update is about to begin. */
const LONG_SPIN_MS = 0.1

/** Does as it is told, for ever: whoever started the thread ends it. */
export function serveCritic(task: CriticTask, clock: Clock): never {
  const memory = memoryOn(task.memory)
  const kernels = kernelsOn(task.build, task.module, memory)
  const channel = criticChannel(memory, task.channel, clock)
  const table = criticSums(memory, task.sums)
  const parameters = arrayAt(kernels, task.parameters, task.size)
  const gradient = arrayAt(kernels, task.gradient, task.size)
  const network = fusedNetwork(kernels, task.layers, task.parameters, task.gradient)
  const head = valueHead(kernels, network)
  const pass = networkPass<RolloutPlaces, ValueSettings>(kernels, network, task.runs, task.gradient, (...tile) => {
    channel.beat()
    head(...tile)
  })
  const known = Object.keys(task.moments).length > 0
  const rule = known
    ? fusedRule(kernels, task.optimizer, parameters, gradient, (name) => arrayAt(kernels, task.moments[name]!, task.size))
    : null

  channel.enter(READY)
  for (let n = 1, spinMs = SPIN_MS; ; n = (n + 1) | 0) {
    channel.orders(n, spinMs)
    const command = channel.command(n)
    spinMs = command[0] === WAKE ? LONG_SPIN_MS : SPIN_MS
    if (command[0] === PASS) {
      const { rollout, at, rows, settings, runs } = readPass(command)
      pass.run(rollout, at, rows, settings)
      channel.reply.set(pass.sums)
      sumUp(kernels, task.gradient, table, runs, false)
    } else if (command[0] === SCALE) {
      scaleAll(kernels, task.gradient, table, command[1]!)
      sumUp(kernels, task.gradient, table, command[2]!, true)
    } else if (command[0] === STEP) {
      for (const { offset, size } of task.runs) rule!.run(4 * offset, size, command[1]!, command[2]!)
    }
    channel.report(n)
  }
}

/** Says that the thread is no more: for whoever waits for it. */
export const endCritic = ({ memory, channel }: CriticTask): void => criticChannel(memoryOn(memory), channel, () => 0).enter(DEAD)

/** The numbers of a pass as a command. @param runs of the table, to be summed after it */
export function writePass(
  command: Float64Array,
  { observationSize, observations, values, returns, order }: RolloutPlaces,
  at: number,
  rows: number,
  { valueClip, valueClipForm = 'larger', valueCoefficient }: LossSettings,
  runs: number,
): void {
  command[0] = PASS
  command[1] = at
  command[2] = rows
  command[3] = observationSize
  command[4] = observations.address
  command[5] = values.address
  command[6] = returns.address
  command[7] = order.address
  command[8] = valueClip ?? NONE
  command[9] = valueClipForm === 'larger' ? 1 : 0
  command[10] = valueCoefficient
  command[11] = runs
}

const NONE = -1

function readPass(command: Float64Array): { at: number; rows: number; rollout: RolloutPlaces; settings: ValueSettings; runs: number } {
  const rows = command[2]!
  return {
    at: command[1]!,
    rows,
    rollout: {
      observationSize: command[3]!,
      observations: { address: command[4]! },
      values: { address: command[5]! },
      returns: { address: command[6]! },
      order: { address: command[7]! },
    },
    settings: {
      valueClip: command[8] === NONE ? null : command[8]!,
      valueClipForm: command[9] === 1 ? 'larger' : 'clipped',
      valueCoefficient: command[10]!,
      inverseRows: 1 / rows,
    },
    runs: command[11]!,
  }
}

/** Scalings of the table as a command. @param runs of the table, to be summed again where that is wanted */
export function writeScale(command: Float64Array, scalings: number, runs: number): void {
  command[0] = SCALE
  command[1] = scalings
  command[2] = runs
}

/** A step of the rule as a command. */
export function writeStep(command: Float64Array, t: number, learningRate: number): void {
  command[0] = STEP
  command[1] = t
  command[2] = learningRate
}
