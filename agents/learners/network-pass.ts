/** One network's way from the rows of a minibatch to its part of the gradient. It shares nothing with the other's but what both only read. */
import type { Kernels } from '../../src/kernels/kernels.js'
import type { Head } from './fused-heads.js'
import type { Run } from './fused-memory.js'
import { type FusedNetwork, TILE } from './fused-network.js'
import type { RolloutPlaces } from './fused-rollout.js'

/** From rows of a rollout to one network's part of the gradient. */
export interface NetworkPass<Rollout extends RolloutPlaces, Settings> {
  /** Of the last run, over its rows; see `Head`. */
  readonly sums: Float64Array
  /** Writes that part. @param at place of the first row in `rollout.order` */
  run(rollout: Rollout, at: number, rows: number, settings: Settings): void
}

/** @param own the network's elements @param gradient address of all */
export function networkPass<Rollout extends RolloutPlaces, Settings>(
  kernels: Kernels,
  network: FusedNetwork,
  own: readonly Run[],
  gradient: number,
  head: Head<Rollout, Settings>,
): NetworkPass<Rollout, Settings> {
  const { memory } = kernels
  const address = memory.allocate(16) // a cache line, so that threads do not write into each other's
  const sums = new Float64Array(memory.buffer, address, 4)
  return {
    sums,
    run(rollout, at, rows, settings) {
      for (const { offset, size } of own) kernels.clear(gradient + 4 * offset, size)
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
