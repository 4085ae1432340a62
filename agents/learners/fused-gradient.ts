/**
 * The gradient of a minibatch on the kernels. The rollout is copied into their memory once per update; minibatches are row numbers.
 *
 * Each network has a pass of its own, from the rows to its part of the gradient: forward, loss and backward, a tile at a time. Passes
 * share the rollout, which they only read, and nothing else: they may run on two threads.
 */
import type { Kernels } from '../../src/kernels/kernels.js'
import type { LossReport, LossSettings } from '../losses/actor-critic-loss.js'
import type { ActorCritic } from '../networks/actor-critic.js'
import type { Distribution } from '../networks/distribution.js'
import { advantageScale } from '../rollout/advantage.js'
import { categoricalHead, gaussianHead, type Head, type MinibatchSettings, valueHead } from './fused-heads.js'
import { type FusedArray, networkRuns } from './fused-memory.js'
import { type FusedNetwork, TILE } from './fused-network.js'
import { type FusedRollout, rolloutCopier } from './fused-rollout.js'
import type { RolloutGradient } from './update.js'

/** From rows of a rollout to one network's part of the gradient. */
export interface NetworkPass {
  /** Of the last run, over its rows; see `Head`. */
  readonly sums: Float64Array
  /** Writes that part. @param at place of the first row in `rollout.order` */
  run(rollout: FusedRollout, at: number, rows: number, settings: MinibatchSettings): void
}

export interface FusedNetworks {
  readonly actor: FusedNetwork
  readonly critic: FusedNetwork
}

/** At once, never later. */
export interface FusedGradient extends RolloutGradient {
  minibatch(from: number, to: number, settings: LossSettings): LossReport
}

/** @param networks of `net`, made for these arrays */
export function fusedGradient(
  kernels: Kernels,
  net: ActorCritic,
  distribution: Distribution,
  { actor, critic }: FusedNetworks,
  parameters: FusedArray,
  gradient: FusedArray,
): FusedGradient {
  const { logStd } = net
  const policyHead = logStd ? gaussianHead(kernels, logStd, actor, parameters, gradient) : categoricalHead(kernels, distribution, actor)
  const runs = networkRuns(net.layout)
  const own = (network: string) => runs.get(network)!.map(({ offset, size }) => gradient.values.subarray(offset, offset + size))
  const actorPass = networkPass(kernels, actor, own('actor'), policyHead)
  const criticPass = networkPass(kernels, critic, own('critic'), valueHead(kernels, critic))
  const copyIn = rolloutCopier(kernels)
  let rollout: FusedRollout | null = null

  return {
    gradient: gradient.values,

    begin(from) {
      rollout = copyIn(from)
      return rollout.order.values
    },

    minibatch(from, to, settings) {
      const { advantages, order } = rollout!
      const rows = to - from
      const scale = settings.normalizeAdvantages ? advantageScale(advantages.values, rows, order.values, from) : AS_THEY_ARE
      const forAll: MinibatchSettings = { ...settings, ...scale, inverseRows: 1 / rows }
      actorPass.run(rollout!, from, rows, forAll)
      criticPass.run(rollout!, from, rows, forAll)
      return lossReport(actorPass.sums, criticPass.sums, rows, settings)
    },
  }
}

const AS_THEY_ARE = { mean: 0, inverseStd: 1 }

/** @param own the network's part of the gradient */
function networkPass(kernels: Kernels, network: FusedNetwork, own: readonly Float32Array[], head: Head): NetworkPass {
  const { memory } = kernels
  const address = memory.allocate(16) // a cache line, so that threads do not write into each other's
  const sums = new Float64Array(memory.buffer, address, 4)
  return {
    sums,
    run(rollout, at, rows, settings) {
      for (const part of own) part.fill(0)
      sums.fill(0)
      network.pack(true)
      for (let done = 0; done < rows; done += TILE) {
        const count = Math.min(TILE, rows - done)
        const index = rollout.order.address + 4 * (at + done)
        kernels.gather(rollout.observations.address, index, count, rollout.observationSize, network.input, network.ldInput)
        network.forward(count)
        head(rollout, at + done, count, settings, address)
        network.backward(count)
      }
    },
  }
}

function lossReport(actor: Float64Array, critic: Float64Array, rows: number, settings: LossSettings): LossReport {
  const policyLoss = actor[0]! / rows
  const entropy = actor[1]! / rows
  const valueLoss = critic[0]! / rows
  return {
    loss: policyLoss - settings.entropyCoefficient * entropy + settings.valueCoefficient * valueLoss,
    policyLoss,
    valueLoss,
    entropy,
    approxKl: actor[2]! / rows,
    clipFraction: settings.objective === 'a2c' ? 0 : actor[3]! / rows,
  }
}
