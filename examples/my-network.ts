/**
 * A network of one's own, from start to finish:
 *
 *     npm run train -- --env CartPole --network ./examples/my-network.ts
 *
 * The function gets what the network is for and gives back two models: the actor puts out one number for each choice (or the mean of each
 * number of an action), the critic one value. Any layers of TensorFlow.js will do. `seed` goes into the initialisers, so that a run can be
 * repeated. A function from observations to outputs and values, with the variables that it learns, works too: `{ variables, apply }`.
 *
 * This one looks at the observation and at its squares, side by side, through a layer with a residual connection.
 */
import { initializers, input, layers, model, type SymbolicTensor } from '@tensorflow/tfjs-layers'
import type { NetworkRequest, OwnModels } from 'tau-rl'

export default ({ observationSize, outputSize, seed }: NetworkRequest): OwnModels => {
  const dense = (units: number, name: string, place: number, activation: 'tanh' | 'linear', scale = 1) =>
    layers.dense({
      units,
      name,
      activation,
      kernelInitializer: initializers.varianceScaling({ scale, mode: 'fanIn', distribution: 'normal', seed: 100 * seed + place }),
    })
  const network = (name: string, outputs: number, scale: number, place: number) => {
    const observation = input({ shape: [observationSize] })
    const squares = layers.multiply({ name: `${name}-squares` }).apply([observation, observation]) as SymbolicTensor
    const seen = layers.concatenate({ name: `${name}-seen` }).apply([observation, squares])
    const first = dense(64, 'first', place, 'tanh').apply(seen) as SymbolicTensor
    const second = dense(64, 'second', place + 1, 'tanh').apply(first) as SymbolicTensor
    const both = layers.add({ name: `${name}-both` }).apply([first, second])
    return model({ inputs: observation, outputs: dense(outputs, 'output', place + 2, 'linear', scale).apply(both) as SymbolicTensor })
  }
  return { actor: network('actor', outputSize, 1e-4, 0), critic: network('critic', 1, 1, 10) }
}
