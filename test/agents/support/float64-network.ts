/** An actor-critic in plain float64 loops, forward and backward: slow, obvious, and the oracle of the tensor path. */
import { actorCriticLoss, type LossBatch, type LossReport, type LossSettings } from '../../../agents/losses/actor-critic-loss.js'
import type { ActorCritic } from '../../../agents/networks/actor-critic.js'
import type { Distribution } from '../../../agents/networks/distribution.js'
import type { DenseLayer } from '../../../agents/networks/layers.js'

const FUNCTIONS = {
  linear: { value: (z: number) => z, slope: (_y: number) => 1 },
  tanh: { value: Math.tanh, slope: (y: number) => 1 - y * y },
  relu: { value: (z: number) => Math.max(0, z), slope: (y: number) => (y > 0 ? 1 : 0) },
  elu: { value: (z: number) => (z < 0 ? Math.exp(z) - 1 : z), slope: (y: number) => (y < 0 ? y + 1 : 1) },
}

export function oracleGradient(
  net: ActorCritic,
  distribution: Distribution,
  parameters: ArrayLike<number>,
  batch: LossBatch & { readonly observations: ArrayLike<number> },
  settings: LossSettings,
): { readonly report: LossReport; readonly gradient: Float64Array } {
  const { rows } = batch
  const gradient = new Float64Array(net.layout.size)
  const actor = forward(net.actor, parameters, batch.observations, rows)
  const critic = forward(net.critic, parameters, batch.observations, rows)
  const logStd = Float64Array.from({ length: net.logStd?.size ?? 0 }, (_, k) => parameters[net.logStd!.offset + k]!)
  const loss = actorCriticLoss(distribution)
  const report = loss.compute(settings, batch, actor.at(-1)!, logStd, critic.at(-1)!)
  backward(net.actor, parameters, batch.observations, actor, loss.dOutputs, rows, gradient)
  backward(net.critic, parameters, batch.observations, critic, loss.dValues, rows, gradient)
  if (net.logStd) gradient.set(loss.dLogStd, net.logStd.offset)
  return { report, gradient }
}

/** What each layer puts out. */
function forward(layers: readonly DenseLayer[], p: ArrayLike<number>, x: ArrayLike<number>, rows: number): Float64Array[] {
  const outputs: Float64Array[] = []
  let input = x
  for (const { inputs, outputs: width, kernel, bias, activation } of layers) {
    const y = new Float64Array(rows * width)
    for (let row = 0; row < rows; row++) {
      for (let n = 0; n < width; n++) {
        let z = p[bias.offset + n]!
        for (let k = 0; k < inputs; k++) z += input[row * inputs + k]! * p[kernel.offset + k * width + n]!
        y[row * width + n] = FUNCTIONS[activation].value(z)
      }
    }
    outputs.push(y)
    input = y
  }
  return outputs
}

function backward(
  layers: readonly DenseLayer[],
  p: ArrayLike<number>,
  x: ArrayLike<number>,
  outputs: readonly Float64Array[],
  dLast: Float64Array,
  rows: number,
  gradient: Float64Array,
): void {
  let dy = dLast
  for (let i = layers.length - 1; i >= 0; i--) {
    const { inputs, outputs: width, kernel, bias, activation } = layers[i]!
    const input = i === 0 ? x : outputs[i - 1]!
    const dInput = new Float64Array(rows * inputs)
    for (let row = 0; row < rows; row++) {
      for (let n = 0; n < width; n++) {
        const dz = dy[row * width + n]! * FUNCTIONS[activation].slope(outputs[i]![row * width + n]!)
        gradient[bias.offset + n] = gradient[bias.offset + n]! + dz
        for (let k = 0; k < inputs; k++) {
          const w = kernel.offset + k * width + n
          gradient[w] = gradient[w]! + input[row * inputs + k]! * dz
          dInput[row * inputs + k] = dInput[row * inputs + k]! + p[w]! * dz
        }
      }
    }
    dy = dInput
  }
}
