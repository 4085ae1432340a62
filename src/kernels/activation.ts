/** Activations of hidden layers, in place on a flat array. Each passes NaN on, so that a broken weight shows in what the network says. */
import { tanh } from './tanh.js'

export type Activation = 'linear' | 'tanh' | 'relu' | 'elu'

/** Applies `activation` to the first `count` elements. elu has α = 1. */
export function activate(activation: Activation, values: Float32Array, count: number): void {
  switch (activation) {
    case 'linear':
      return
    case 'tanh':
      for (let i = 0; i < count; i++) values[i] = tanh(values[i]!)
      return
    case 'relu':
      for (let i = 0; i < count; i++) if (values[i]! < 0) values[i] = 0
      return
    case 'elu':
      for (let i = 0; i < count; i++) if (values[i]! < 0) values[i] = Math.expm1(values[i]!)
      return
  }
}
