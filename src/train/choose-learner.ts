/**
 * Which learner computes a run: the fused one where it can, else TensorFlow.js. What is not chosen is not imported: TensorFlow.js takes a
 * third of a second and 60 MB.
 */
import { createFusedLearner, fusedObstacle } from '../../agents/learners/fused-learner.js'
import type { Learner, LearnerOptions } from '../../agents/learners/learner.js'
import { FUSED, fusedKernels } from '../backend/fused.js'
import type { RunConfig } from '../core/config/schema.js'
import { RunError, UsageError } from '../core/errors.js'

export interface ChosenLearner {
  readonly learner: Learner
  /** What computes, in which build, and why: 'fused, strict kernels: asked for', 'wasm: the fused kernels know no lstm network'. */
  readonly computing: string
  /** What TensorFlow.js holds now; nothing where it is not used. */
  memory(): { readonly tensors: number; readonly bytes: number }
}

type Choice = Pick<RunConfig, 'backend' | 'kernels'>

/** @throws UsageError when a backend or build that is asked for cannot do it; RunError when none starts */
export async function chooseLearner(choice: Choice, options: LearnerOptions): Promise<ChosenLearner> {
  refuseUnfusable(choice, options)
  if (choice.backend !== 'auto' && choice.backend !== FUSED.name) return tensorLearner(choice.backend, options, null)
  const obstacle = fusedObstacle(options)
  if (obstacle !== null) return tensorLearner('auto', options, obstacle)
  try {
    return fusedLearner(choice, options)
  } catch (error) {
    if (choice.backend === FUSED.name || !(error instanceof RunError)) throw error
    return tensorLearner('auto', options, error.message) // no memory to be had for the kernels
  }
}

/** @throws UsageError for what `--backend fused` cannot do */
export function refuseUnfusable({ backend }: Choice, options: Pick<LearnerOptions, 'distribution' | 'network'>): void {
  const obstacle = backend === FUSED.name ? fusedObstacle(options) : null
  if (obstacle !== null) throw new UsageError(`backend "fused" cannot do this: ${obstacle}. Leave --backend out, or take wasm.`)
}

function fusedLearner({ kernels: build }: Choice, options: LearnerOptions): ChosenLearner {
  const { kernels, why } = fusedKernels(build)
  return {
    learner: createFusedLearner({ ...options, kernels }),
    computing: `fused, ${why}`,
    memory: () => ({ tensors: 0, bytes: 0 }),
  }
}

/** @param obstacle why it is not the fused one; null where TensorFlow.js was asked for */
async function tensorLearner(backend: string, options: LearnerOptions, obstacle: string | null): Promise<ChosenLearner> {
  const { selectBackend } = await import('../backend/backends.js')
  const { name, device, reason, tfName, asynchronous, check } = await selectBackend(backend)
  const { createTfLearner } = await import('../../agents/learners/tf-learner.js')
  const tf = await import('@tensorflow/tfjs-core')
  return {
    learner: createTfLearner({ ...options, backend: name, tfName, asynchronous, check }),
    computing: `${name} (${device}): ${obstacle ?? reason}`,
    memory: () => {
      const { numTensors, numBytes } = tf.memory()
      return { tensors: numTensors, bytes: numBytes }
    },
  }
}
