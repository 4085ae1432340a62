/**
 * Recurrent layers over a whole sequence as one TensorFlow.js operation each, with their gradient (backpropagation through time).
 *
 * Written with tf.matMul and tf.tanh, a step of a small layer costs a dozen operations whose overhead outweighs their arithmetic. Here
 * the loop over time runs in plain TypeScript inside one tf.customGrad, several times as fast on small layers, on every backend.
 * What comes in is already multiplied by the input weights: z [time, batch, units] or, for an LSTM, [time, batch, 4·units].
 * Source: Elman 1990; Hochreiter & Schmidhuber 1997 with the forget gate of Gers et al. 2000, gates in the order i, f, g, o.
 */
import { customGrad, type Tensor, type Tensor2D, type Tensor3D, tensor } from '@tensorflow/tfjs-core'

type Sizes = { readonly time: number; readonly batch: number; readonly units: number }

/** A sequence forward, and its gradient backward: flat arrays, row = t·batch + b. Backward overwrites `dOut`, which is the caller's copy. */
interface Kernel {
  /** Columns of z per unit. */
  readonly gates: number
  forward(z: Float32Array, weights: Float32Array, sizes: Sizes): { readonly out: Float32Array; readonly kept: readonly Float32Array[] }
  /** @returns the gradient with respect to z */
  backward(dOut: Float32Array, kept: readonly Float32Array[], weights: Float32Array, sizes: Sizes): Float32Array
}

/** hₜ = tanh(zₜ + hₜ₋₁·W), h₀ = 0. @param z [time, batch, units] @param weights [units, units] @returns h [time, batch, units] */
export const tanhRecurrence = (z: Tensor3D, weights: Tensor2D): Tensor3D => recur(TANH, z, weights)

/** cₜ = σ(f)·cₜ₋₁ + σ(i)·tanh(g), hₜ = σ(o)·tanh(cₜ). @param z [time, batch, 4·units] @param weights [units, 4·units] @returns h [time, batch, units] */
export const lstmRecurrence = (z: Tensor3D, weights: Tensor2D): Tensor3D => recur(LSTM, z, weights)

function recur(kernel: Kernel, z: Tensor3D, weights: Tensor2D): Tensor3D {
  const [time, batch, columns] = z.shape
  const units = columns / kernel.gates
  const sizes = { time, batch, units }
  const operation = customGrad((...args) => {
    const [zIn, wIn] = args as unknown as [Tensor, Tensor]
    const w = wIn.dataSync() as Float32Array
    const { out, kept } = kernel.forward(zIn.dataSync() as Float32Array, w, sizes)
    return {
      value: tensor(out, [time, batch, units]),
      gradFunc: (dy: Tensor) => {
        const dz = kernel.backward(Float32Array.from(dy.dataSync()), kept, w, sizes)
        return [tensor(dz, [time, batch, columns]), tensor(weightGradient(out, dz, sizes, columns), [units, columns])]
      },
    }
  })
  return operation(z, weights) as Tensor3D
}

const TANH: Kernel = {
  gates: 1,
  forward(z, weights, { time, batch, units }) {
    const out = Float32Array.from(z)
    const row = batch * units
    for (let t = 0; t < time; t++) {
      if (t > 0) addProduct(out, (t - 1) * row, weights, out, t * row, batch, units, units)
      for (let i = t * row; i < (t + 1) * row; i++) out[i] = Math.tanh(out[i]!)
    }
    return { out, kept: [out] }
  },
  backward(dOut, [out], weights, { time, batch, units }) {
    const row = batch * units
    const transposed = transpose(weights, units, units)
    for (let t = time - 1; t >= 0; t--) {
      for (let i = t * row; i < (t + 1) * row; i++) dOut[i] = dOut[i]! * (1 - out![i]! ** 2)
      if (t > 0) addProduct(dOut, t * row, transposed, dOut, (t - 1) * row, batch, units, units)
    }
    return dOut
  },
}

const LSTM: Kernel = {
  gates: 4,
  forward(z, weights, { time, batch, units }) {
    const gates = Float32Array.from(z)
    const cells = new Float32Array(time * batch * units)
    const out = new Float32Array(time * batch * units)
    const columns = 4 * units
    for (let t = 0; t < time; t++) {
      if (t > 0) addProduct(out, (t - 1) * batch * units, weights, gates, t * batch * columns, batch, units, columns)
      for (let row = t * batch; row < (t + 1) * batch; row++) {
        for (let u = 0; u < units; u++) {
          const at = row * columns + u
          const i = sigmoid(gates[at]!)
          const f = sigmoid(gates[at + units]!)
          const g = Math.tanh(gates[at + 2 * units]!)
          const o = sigmoid(gates[at + 3 * units]!)
          gates[at] = i
          gates[at + units] = f
          gates[at + 2 * units] = g
          gates[at + 3 * units] = o
          const before = t > 0 ? cells[(row - batch) * units + u]! : 0
          const cell = f * before + i * g
          cells[row * units + u] = cell
          out[row * units + u] = o * Math.tanh(cell)
        }
      }
    }
    return { out, kept: [gates, cells] }
  },
  backward(dOut, [gates, cells], weights, { time, batch, units }) {
    const columns = 4 * units
    const dz = new Float32Array(time * batch * columns)
    const dCell = new Float32Array(batch * units) // what reaches cₜ from later steps
    const transposed = transpose(weights, units, columns)
    for (let t = time - 1; t >= 0; t--) {
      for (let b = 0; b < batch; b++) {
        const row = t * batch + b
        for (let u = 0; u < units; u++) {
          const at = row * columns + u
          const i = gates![at]!
          const f = gates![at + units]!
          const g = gates![at + 2 * units]!
          const o = gates![at + 3 * units]!
          const before = t > 0 ? cells![(row - batch) * units + u]! : 0
          const squashed = Math.tanh(cells![row * units + u]!)
          const dh = dOut[row * units + u]!
          const dc = dCell[b * units + u]! + dh * o * (1 - squashed * squashed)
          dz[at] = dc * g * i * (1 - i)
          dz[at + units] = dc * before * f * (1 - f)
          dz[at + 2 * units] = dc * i * (1 - g * g)
          dz[at + 3 * units] = dh * squashed * o * (1 - o)
          dCell[b * units + u] = dc * f
        }
      }
      if (t > 0) addProduct(dz, t * batch * columns, transposed, dOut, (t - 1) * batch * units, batch, columns, units)
    }
    return dz
  },
}

/** dW = Σₜ hₜ₋₁ᵀ·dzₜ */
function weightGradient(out: Float32Array, dz: Float32Array, { time, batch, units }: Sizes, columns: number): Float32Array {
  const gradient = new Float32Array(units * columns)
  const rows = (time - 1) * batch
  addProduct(transpose(out.subarray(0, rows * units), rows, units), 0, dz.subarray(batch * columns), gradient, 0, units, rows, columns)
  return gradient
}

/** to += from·matrix for `rows` rows: from [rows, inner], matrix [inner, columns], to [rows, columns]. */
function addProduct(
  from: Float32Array,
  fromAt: number,
  matrix: Float32Array,
  to: Float32Array,
  toAt: number,
  rows: number,
  inner: number,
  columns: number,
): void {
  for (let r = 0; r < rows; r++) {
    const target = toAt + r * columns
    const row = fromAt + r * inner
    let k = 0
    for (; k + 3 < inner; k += 4) {
      // four rows of the matrix at once: a quarter of the loads and stores of `to`
      const [m0, m1, m2, m3] = [k * columns, (k + 1) * columns, (k + 2) * columns, (k + 3) * columns]
      const [f0, f1, f2, f3] = [from[row + k]!, from[row + k + 1]!, from[row + k + 2]!, from[row + k + 3]!]
      for (let c = 0; c < columns; c++) {
        to[target + c] = to[target + c]! + f0 * matrix[m0 + c]! + f1 * matrix[m1 + c]! + f2 * matrix[m2 + c]! + f3 * matrix[m3 + c]!
      }
    }
    for (; k < inner; k++) {
      for (let c = 0; c < columns; c++) to[target + c] = to[target + c]! + from[row + k]! * matrix[k * columns + c]!
    }
  }
}

function transpose(matrix: Float32Array, rows: number, columns: number): Float32Array {
  const out = new Float32Array(matrix.length)
  for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) out[c * rows + r] = matrix[r * columns + c]!
  return out
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))
