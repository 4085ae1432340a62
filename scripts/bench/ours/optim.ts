/** Clip of the global norm and Adam, nothing else, on so many parameters in 20 equal tensors. */
import { createClip } from '../../../src/clip/registry.js'
import { stream } from '../../../src/core/random.js'
import { adam } from '../../../src/optim/adam.js'
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
  const parameters = source.slice()
  const gradient = source.slice()
  const step = clippedStep(createClipper(createClip({ name: 'global-norm', tau: 0.5 }), table), adam(table))
  let done = 0
  return () => {
    if (done % REFILL === 0) gradient.set(source)
    gradient[0]! += 0.1 // above the limit every time, so that every step scales, as PyTorch's does
    step(parameters, gradient, { step: done++, learningRate: RATE, loss: 1 })
  }
}
