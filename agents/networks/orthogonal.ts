/**
 * Orthogonal initialisation (Saxe et al. 2013, arXiv:1312.6120), as PPO's reference code uses it.
 *
 * The shorter side of the kernel gets orthonormal vectors, uniform over all rotations: Gaussian vectors, each made orthogonal to those
 * before it (Gram-Schmidt, twice: once loses digits) and scaled to length 1. That is the Q of a QR decomposition with a positive diagonal.
 */
import type { RandomStream } from '../../src/core/random.js'

/** @returns [inputs, outputs], row-major, times `gain` */
export function orthogonal(inputs: number, outputs: number, gain: number, random: RandomStream): Float32Array {
  const vectors = orthonormal(Math.min(inputs, outputs), Math.max(inputs, outputs), random)
  const kernel = new Float32Array(inputs * outputs)
  vectors.forEach((vector, i) => {
    vector.forEach((value, j) => {
      kernel[inputs < outputs ? i * outputs + j : j * outputs + i] = gain * value
    })
  })
  return kernel
}

/** `count` orthonormal vectors of `length` ≥ `count` elements. */
function orthonormal(count: number, length: number, random: RandomStream): Float64Array[] {
  const vectors: Float64Array[] = []
  while (vectors.length < count) {
    const vector = Float64Array.from({ length }, () => random.normal())
    for (const other of [...vectors, ...vectors]) subtractProjection(vector, other)
    const norm = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0))
    if (norm > 1e-6) vectors.push(vector.map((value) => value / norm)) // otherwise it lay in the span of the others: draw again
  }
  return vectors
}

function subtractProjection(vector: Float64Array, unit: Float64Array): void {
  let dot = 0
  for (let i = 0; i < vector.length; i++) dot += vector[i]! * unit[i]!
  for (let i = 0; i < vector.length; i++) vector[i] = vector[i]! - dot * unit[i]!
}
