/** Clip of the global norm and Adam on the kernels, as the fused learner does it, nothing else, on so many parameters in 20 equal tensors. */
import { fusedArithmetic } from '../../../agents/learners/fused-arithmetic.js'
import { fusedArray } from '../../../agents/learners/fused-memory.js'
import { fusedOptimizer } from '../../../agents/learners/fused-optimizer.js'
import { fusedRule } from '../../../agents/learners/fused-rules.js'
import { createClip } from '../../../src/clip/registry.js'
import { optimizerSchema } from '../../../src/core/config/schema.js'
import { stream } from '../../../src/core/random.js'
import { loadKernels } from '../../../src/kernels/load.js'
import { clippedStep } from '../../../src/optim/clipped-step.js'
import { createClipper } from '../../../src/optim/clipper.js'
import { layout } from '../../../src/optim/layout.js'
import { repeated, serve } from './serve.js'

export interface OptimRequest {
  readonly parameters: number
  /** Milliseconds to work, about. */
  readonly ms: number
}

const TENSORS = 20
const RATE = 1e-6
const REFILL = 64 // steps until the gradient, made smaller by every clip, begins anew

const steps = new Map<number, () => void>()

await serve(async ({ parameters, ms }: OptimRequest) => {
  if (!steps.has(parameters)) steps.set(parameters, stepping(parameters))
  return repeated(steps.get(parameters)!, ms)
})

function stepping(count: number): () => void {
  const tensors = Array.from({ length: TENSORS }, (_, i) => ({ name: `${i}`, shape: [count / TENSORS], network: 'actor', layer: `${i}` }))
  const table = layout(tensors)
  const random = stream(1, 'gradient')
  const source = Float32Array.from({ length: count }, () => random.normal())
  const kernels = loadKernels()
  const parameters = fusedArray(kernels, count)
  const gradient = fusedArray(kernels, count)
  parameters.values.set(source)
  const adam = optimizerSchema.parse({ name: 'adam' })
  const clipper = createClipper(createClip({ name: 'global-norm', tau: 0.5 }), table, fusedArithmetic(kernels, table, gradient))
  const rule = fusedRule(kernels, adam, parameters, gradient)
  const step = clippedStep(clipper, fusedOptimizer(rule, adam, table, parameters, gradient))
  let done = 0
  return () => {
    if (done % REFILL === 0) gradient.values.set(source)
    gradient.values[0]! += 0.1 // above the limit every time, so that every step scales, as PyTorch's does
    step(parameters.values, gradient.values, { step: done++, learningRate: RATE, loss: 1 })
  }
}
