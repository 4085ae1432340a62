/** Acting on the kernels: both networks forward, a tile of rows at a time, then a draw from our own random stream. */
import type { RandomStream } from '../../src/core/random.js'
import type { Kernels } from '../../src/kernels/kernels.js'
import type { Distribution } from '../networks/distribution.js'
import { maskLogits } from '../networks/mask-logits.js'
import type { FusedNetworks } from './fused-gradient.js'
import { type FusedNetwork, TILE } from './fused-network.js'
import type { Decision, Learner } from './learner.js'

export interface KernelPolicy extends Required<Pick<Learner, 'act' | 'choose' | 'values'>> {
  /** Says that parameters were changed: the next call reads them anew. */
  changed(): void
}

/**
 * @param networks nobody runs them while this acts
 * @param logStd of a Gaussian policy, read anew at every call; empty for others
 * @param random draws the actions of mode 'sample'
 */
export function kernelPolicy(
  kernels: Kernels,
  { actor, critic }: FusedNetworks,
  observationSize: number,
  distribution: Distribution,
  logStd: Float32Array,
  random: RandomStream,
): KernelPolicy {
  const runActor = forwardInTiles(kernels, actor, observationSize)
  const runCritic = forwardInTiles(kernels, critic, observationSize)
  let decision = { actions: new Float32Array(0), logProbs: new Float32Array(0), values: new Float32Array(0) }
  let outputs = new Float32Array(0)
  let values = new Float32Array(0)
  let stale = true

  function refresh(): void {
    if (!stale) return
    actor.pack(false)
    critic.pack(false)
    stale = false
  }

  /** Everything of a decision but its values. */
  function choose(observations: Float32Array, count: number, mode: 'sample' | 'greedy', masks?: Uint8Array): Decision {
    checkRows(observations, count, observationSize)
    refresh()
    if (decision.values.length !== count) {
      decision = {
        actions: new Float32Array(count * distribution.actionSize),
        logProbs: new Float32Array(count),
        values: new Float32Array(count),
      }
      outputs = new Float32Array(count * distribution.outputSize)
    }
    runActor(observations, count, outputs)
    if (masks) maskLogits(outputs, masks, outputs)
    if (mode === 'sample') distribution.sample(outputs, logStd, count, random, decision.actions, decision.logProbs)
    else distribution.mode(outputs, logStd, count, decision.actions, decision.logProbs)
    return decision
  }

  return {
    changed() {
      stale = true
    },

    choose,

    act(observations, count, mode, masks) {
      const decided = choose(observations, count, mode, masks)
      runCritic(observations, count, decided.values)
      return decided
    },

    values(observations, count) {
      checkRows(observations, count, observationSize)
      refresh()
      if (values.length !== count) values = new Float32Array(count)
      runCritic(observations, count, values)
      return values
    },
  }
}

/** @returns rows [count, width] → [count, outputs], both unpadded */
function forwardInTiles({ memory }: Kernels, network: FusedNetwork, width: number) {
  const { ldInput, ldOutput, outputs } = network
  const x = new Float32Array(memory.buffer, network.input, TILE * ldInput)
  const y = new Float32Array(memory.buffer, network.output, TILE * ldOutput)
  return (rows: Float32Array, count: number, out: Float32Array): void => {
    for (let done = 0; done < count; done += TILE) {
      const some = Math.min(TILE, count - done)
      for (let r = 0; r < some; r++) {
        const from = (done + r) * width
        for (let k = 0; k < width; k++) x[r * ldInput + k] = rows[from + k]!
      }
      network.forward(some)
      for (let r = 0; r < some; r++) {
        const to = (done + r) * outputs
        for (let k = 0; k < outputs; k++) out[to + k] = y[r * ldOutput + k]!
      }
    }
  }
}

function checkRows(observations: Float32Array, count: number, size: number): void {
  if (observations.length < count * size) {
    throw new RangeError(`learner: expected ${count} observations of ${size} numbers each, got ${observations.length} numbers`)
  }
}
