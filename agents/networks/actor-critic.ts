/** Actor and critic as two separate perceptrons: the standard networks that the fused kernels and the export know. */
import type { NetworkConfig } from '../../src/core/config/schema.js'
import { UsageError } from '../../src/core/errors.js'
import type { Distribution } from './distribution.js'
import type { DenseLayer, Layer } from './layers.js'
import { type PlacedNetwork, placedNetwork } from './placed-network.js'

export interface ActorCritic extends PlacedNetwork {
  /** [rows, observationSize] → [rows, outputSize of the distribution] */
  readonly actor: readonly DenseLayer[]
  /** [rows, observationSize] → [rows, 1] */
  readonly critic: readonly DenseLayer[]
}

/**
 * @param observationSize columns of an encoded observation row
 * @throws UsageError for a network that has other layers than dense ones, or shares some
 */
export function actorCritic(observationSize: number, distribution: Distribution, network: NetworkConfig): ActorCritic {
  const net = placedNetwork(observationSize, distribution, network, null)
  const { shared, actor, critic } = net
  if (shared.length > 0 || !areDense(actor) || !areDense(critic)) {
    throw new UsageError(
      `network: expected two separate perceptrons, got ${network.kind}${network.shared ? ' with shared layers' : ''}; set network.kind=mlp and network.shared=false.`,
    )
  }
  return { ...net, actor, critic }
}

const areDense = (layers: readonly Layer[]): layers is readonly DenseLayer[] => layers.every(({ kind }) => kind === 'dense')
