/** Small helpers of the tf rules, for what TensorFlow.js does slowly. */
import { add, getBackend, maximum, relu, sub, type Tensor } from '@tensorflow/tfjs-core'

/**
 * `result`, and the memory of the operands that are not needed any more at once: the next operation then writes where the last one has
 * just been, which a cache notices.
 */
export function spend(result: Tensor, ...operands: readonly Tensor[]): Tensor {
  for (const operand of operands) operand.dispose()
  return result
}

/** max(a, b) of numbers of at least 0. On wasm, where maximum takes sixty times an addition, a + relu(b − a): b up to one rounding. */
export function larger(a: Tensor, b: Tensor): Tensor {
  if (getBackend() !== 'wasm') return maximum(a, b)
  const difference = sub(b, a)
  const above = spend(relu(difference), difference)
  return spend(add(a, above), above)
}
