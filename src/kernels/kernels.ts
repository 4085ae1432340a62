/**
 * The door to the fused arithmetic: what the learner asks of its kernels. Two implementations: WebAssembly with SIMD (generated/, loaded by
 * load.ts) and plain TypeScript (plain.ts), equal to 1e-5.
 *
 * Everything lies in one memory of float32 numbers and is named by its address in bytes, a multiple of 16 unless said otherwise. Rows of
 * activations are padded: `ld` is the distance between two rows in floats, a multiple of 8, and the padding holds zeros, which every kernel
 * keeps. Parameters and gradients lie unpadded, as everywhere else in the project ([inputs, outputs], row-major), at addresses that are
 * multiples of 4. No kernel allocates or keeps state, so threads may share one memory.
 */
import type { Activation } from './activation.js'

/** Which arithmetic: fused multiply-add where the CPU has it, separate multiply and add (the same bits on every machine), or no WebAssembly. */
export type KernelBuild = 'relaxed' | 'strict' | 'plain'

/** 0 linear, 1 tanh, 2 relu, 3 elu (α = 1). */
export type ActivationCode = 0 | 1 | 2 | 3

export interface Kernels {
  readonly build: KernelBuild
  readonly memory: KernelMemory

  /**
   * Weights and bias of a layer in the order that `forward` reads them: panels of 8 columns, bias first, padded with zeros.
   * @param weights [inputs, outputs] @param bias [outputs] @param out `packedSize(inputs, outputs)` floats
   */
  pack(weights: number, bias: number, inputs: number, outputs: number, out: number): void
  /** The weights transposed, in the order that `backwardInput` reads them. @param out `packedTransposedSize(inputs, outputs)` floats */
  packTransposed(weights: number, inputs: number, outputs: number, out: number): void

  /** y = activation(x · weights + bias). @param x [rows, ldx] @param y [rows, ldy], another place than x */
  forward(
    rows: number,
    inputs: number,
    outputs: number,
    x: number,
    ldx: number,
    packed: number,
    y: number,
    ldy: number,
    activation: ActivationCode,
  ): void
  /**
   * dx = (dy · weightsᵀ) ⊙ activation'(at), where `h` [rows, ldx] is what the layer read, so the output of that activation.
   * @param dy [rows, ldy] @param dx [rows, ldx]
   */
  backwardInput(
    rows: number,
    inputs: number,
    outputs: number,
    dy: number,
    ldy: number,
    packedTransposed: number,
    dx: number,
    ldx: number,
    activation: ActivationCode,
    h: number,
  ): void
  /** dWeights += xᵀ · dy and dBias += column sums of dy. @param dWeights [inputs, outputs] @param dBias [outputs] */
  backwardWeights(
    rows: number,
    inputs: number,
    outputs: number,
    x: number,
    ldx: number,
    dy: number,
    ldy: number,
    dWeights: number,
    dBias: number,
  ): void

  /** Rows of `source` [*, width] (unpadded) named by `index` (int32), into padded rows [rows, ld]. */
  gather(source: number, index: number, rows: number, width: number, out: number, ld: number): void

  /**
   * Loss of a categorical policy and its gradient, in place of the logits [rows, ld]. Row r belongs to sample index[r] of the per-sample
   * arrays. `sizes`: int32[choices]; one for Discrete, several for MultiDiscrete. Adds to stats (float64): 0 policy loss, 1 entropy,
   * 2 approximate KL, 3 rows outside the ratio clip: sums over rows. `a2c` 1: −log p · A in place of PPO's clipped ratio.
   * @param actions float32 [*, choices] @param oldLogProbs, advantages float32 [*]; the advantage counts as (A − mean) · inverseStd
   */
  categoricalHead(
    rows: number,
    choices: number,
    sizes: number,
    logits: number,
    ld: number,
    index: number,
    actions: number,
    oldLogProbs: number,
    advantages: number,
    mean: number,
    inverseStd: number,
    ratioClip: number,
    entropyCoefficient: number,
    a2c: number,
    inverseRows: number,
    stats: number,
  ): void
  /** The same for independent normal distributions with means [rows, ld] and free `logStd` [size]; adds to `dLogStd` [size]. */
  gaussianHead(
    rows: number,
    size: number,
    means: number,
    ld: number,
    logStd: number,
    dLogStd: number,
    index: number,
    actions: number,
    oldLogProbs: number,
    advantages: number,
    mean: number,
    inverseStd: number,
    ratioClip: number,
    entropyCoefficient: number,
    a2c: number,
    inverseRows: number,
    stats: number,
  ): void
  /**
   * Value loss and its gradient in place of the values (column 0 of [rows, ld]). `clipRange` < 0: no value clip; `larger` 1: the form that
   * takes the larger error (agents/losses/value.ts). Adds ½ · squared error to stats[0] (float64).
   */
  valueHead(
    rows: number,
    values: number,
    ld: number,
    index: number,
    oldValues: number,
    returns: number,
    clipRange: number,
    larger: number,
    coefficient: number,
    inverseRows: number,
    stats: number,
  ): void

  /** Σ x², accumulated so that neither 1e-30 nor 1e30 is lost where a float64 would not lose it. */
  sumOfSquares(x: number, count: number): number
  /** x ← 0, also where x is not finite. An array's `fill` takes seven times as long on shared memory. */
  clear(x: number, count: number): void
  /** x ← x · factor */
  scale(x: number, count: number, factor: number): void
  /**
   * One step of Adam with float32 moments. m ← β₁m + (1−β₁)g, v ← β₂v + (1−β₂)g², p ← p·keep − rate · m / (√v · inverseRoot + epsilon), where g
   * is gradient·factor + penalty·p.
   */
  adam(
    parameters: number,
    gradient: number,
    m: number,
    v: number,
    count: number,
    factor: number,
    beta1: number,
    beta2: number,
    rate: number,
    inverseRoot: number,
    epsilon: number,
    keep: number,
    penalty: number,
  ): void
  /** One step of RMSprop. `inside` 1: √(v + ε), 0: √v + ε. v ← αv + (1−α)g², p ← p − rate · g / root. */
  rmsprop(
    parameters: number,
    gradient: number,
    v: number,
    count: number,
    factor: number,
    alpha: number,
    rate: number,
    epsilon: number,
    inside: number,
  ): void
}

export interface KernelMemory {
  /** Shared by threads where the build can; a view made before the memory grew stays valid. */
  readonly buffer: ArrayBufferLike
  /** Room for `floats` numbers, filled with zeros, at a multiple of 64 bytes. Grows the memory. @throws RunError when it cannot be had */
  allocate(floats: number): number
}

export const ACTIVATION_CODES: Readonly<Record<Activation, ActivationCode>> = { linear: 0, tanh: 1, relu: 2, elu: 3 }

/** Floats of `pack`'s output. */
export const packedSize = (inputs: number, outputs: number): number => padded(outputs) * (inputs + 1)

/** Floats of `packTransposed`'s output: rows padded to 4, panels of 8 columns. */
export const packedTransposedSize = (inputs: number, outputs: number): number => padded(inputs) * (Math.ceil(outputs / 4) * 4)

/** A row's width with its padding. */
export const padded = (width: number): number => Math.ceil(width / 8) * 8
