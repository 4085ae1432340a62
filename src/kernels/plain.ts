/**
 * The kernels in plain TypeScript: what they mean, and what computes where there is no WebAssembly with SIMD. The WebAssembly builds are
 * tested against these. Arithmetic is float64 between float32 numbers.
 */
import type { Kernels } from './kernels.js'
import { plainDense } from './plain-dense.js'
import { plainHeads } from './plain-heads.js'
import { type PlainMemory, plainMemory } from './plain-memory.js'

/** @param memory default: one of their own */
export function plainKernels(memory: PlainMemory = plainMemory()): Kernels {
  return { build: 'plain', memory, ...plainDense(memory), ...plainHeads(memory), ...plainSteps(memory) }
}

type StepKernels = Pick<Kernels, 'sumOfSquares' | 'clear' | 'scale' | 'adam' | 'rmsprop'>

/** What happens to the gradient. */
function plainSteps(memory: PlainMemory): StepKernels {
  return {
    sumOfSquares(x, count) {
      const { f32 } = memory
      let total = 0
      for (let i = x / 4, end = i + count; i < end; i++) total += f32[i]! * f32[i]!
      return total
    },

    clear: (x, count) => void memory.f32.fill(0, x / 4, x / 4 + count),

    scale(x, count, factor) {
      const { f32 } = memory
      for (let i = x / 4, end = i + count; i < end; i++) f32[i] = f32[i]! * factor
    },

    adam(parameters, gradient, m, v, count, factor, beta1, beta2, rate, inverseRoot, epsilon, keep, penalty) {
      const { f32 } = memory
      for (let i = 0; i < count; i++) {
        const p = f32[parameters / 4 + i]!
        const g = f32[gradient / 4 + i]! * factor + penalty * p
        const first = beta1 * f32[m / 4 + i]! + (1 - beta1) * g
        const second = beta2 * f32[v / 4 + i]! + (1 - beta2) * g * g
        f32[m / 4 + i] = first
        f32[v / 4 + i] = second
        f32[parameters / 4 + i] = p * keep - (rate * first) / (Math.sqrt(second) * inverseRoot + epsilon)
      }
    },

    rmsprop(parameters, gradient, v, count, factor, alpha, rate, epsilon, inside) {
      const { f32 } = memory
      for (let i = 0; i < count; i++) {
        const g = f32[gradient / 4 + i]! * factor
        const spread = alpha * f32[v / 4 + i]! + (1 - alpha) * g * g
        f32[v / 4 + i] = spread
        const root = inside === 1 ? Math.sqrt(spread + epsilon) : Math.sqrt(spread) + epsilon
        f32[parameters / 4 + i] = f32[parameters / 4 + i]! - (rate * g) / root
      }
    },
  }
}
