/**
 * The gradient of a minibatch on the kernels. The rollout is copied into their memory once per update; minibatches are row numbers.
 *
 * Each network has a pass of its own (network-pass.ts), from the rows to its part of the gradient: forward, loss and backward, a tile at a
 * time. Passes share the rollout, which they only read, and nothing else: the critic's may run on a second thread (critic-partner.ts).
 */
import type { Kernels } from '../../src/kernels/kernels.js'
import type { LossReport, LossSettings } from '../losses/actor-critic-loss.js'
import type { ActorCritic } from '../networks/actor-critic.js'
import type { Distribution } from '../networks/distribution.js'
import { advantageScale } from '../rollout/advantage.js'
import type { CriticPartner } from './critic-partner.js'
import { categoricalHead, gaussianHead, type MinibatchSettings, valueHead } from './fused-heads.js'
import { type FusedArray, networkRuns } from './fused-memory.js'
import type { FusedNetwork } from './fused-network.js'
import { type FusedRollout, rolloutCopier } from './fused-rollout.js'
import { networkPass } from './network-pass.js'
import type { RolloutGradient } from './update.js'

export interface FusedNetworks {
  readonly actor: FusedNetwork
  readonly critic: FusedNetwork
}

/** At once, never later. */
export interface FusedGradient extends RolloutGradient {
  minibatch(from: number, to: number, settings: LossSettings): LossReport
}

/** @param networks of `net`, made for these arrays @param partner does the critic's pass where it takes part */
export function fusedGradient(
  kernels: Kernels,
  net: ActorCritic,
  distribution: Distribution,
  { actor, critic }: FusedNetworks,
  parameters: FusedArray,
  gradient: FusedArray,
  partner: CriticPartner | null = null,
): FusedGradient {
  const { logStd } = net
  const policyHead = logStd ? gaussianHead(kernels, logStd, actor, parameters, gradient) : categoricalHead(kernels, distribution, actor)
  const runs = networkRuns(net.layout)
  const actorPass = networkPass(kernels, actor, runs.get('actor')!, gradient.address, policyHead)
  const criticPass = networkPass(kernels, critic, runs.get('critic')!, gradient.address, valueHead(kernels, critic))
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
      const away = partner?.active === true ? partner : null
      away?.pass(rollout!, from, rows, settings) // first of all: nothing in it needs what follows
      const scale = settings.normalizeAdvantages ? advantageScale(advantages.values, rows, order.values, from) : AS_THEY_ARE
      const forAll: MinibatchSettings = { ...settings, ...scale, inverseRows: 1 / rows }
      actorPass.run(rollout!, from, rows, forAll)
      if (away === null) criticPass.run(rollout!, from, rows, forAll)
      else away.settle()
      return lossReport(actorPass.sums, (away ?? criticPass).sums, rows, settings)
    },

    settle: () => partner?.settle(),
  }
}

const AS_THEY_ARE = { mean: 0, inverseStd: 1 }

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
