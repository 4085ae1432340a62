/**
 * Which learner computes a run: the fused one where it can, else TensorFlow.js. What is not chosen is not imported: TensorFlow.js takes a
 * third of a second and 60 MB.
 */
import type { CriticCrew } from '../../agents/learners/critic-partner.js'
import { createFusedLearner, fusedObstacle } from '../../agents/learners/fused-learner.js'
import type { Learner, LearnerOptions } from '../../agents/learners/learner.js'
import type { Threads } from '../../agents/learners/thread-choice.js'
import { FUSED, type FusedKernels, fusedKernels } from '../backend/fused.js'
import type { RunConfig } from '../core/config/schema.js'
import { RunError, UsageError } from '../core/errors.js'

export interface ChosenLearner {
  readonly learner: Learner
  /** What computes, in which build, and why: 'fused, strict kernels: asked for', 'wasm: the fused kernels know no lstm network'. */
  readonly computing: string
  /** What TensorFlow.js holds now; nothing where it is not used. */
  memory(): { readonly tensors: number; readonly bytes: number }
}

/** `threads` by default: 1 */
type Choice = Pick<RunConfig, 'backend' | 'kernels'> & Partial<Pick<RunConfig, 'threads'>>

/**
 * @param crew starts a second thread, for a learner that can use one
 * @throws UsageError when a backend or build that is asked for cannot do it; RunError when none starts
 */
export async function chooseLearner(choice: Choice, options: LearnerOptions, crew?: CriticCrew): Promise<ChosenLearner> {
  refuseUnfusable(choice, options)
  if (choice.backend !== 'auto' && choice.backend !== FUSED.name) return tensorLearner(choice.backend, options, null)
  const obstacle = fusedObstacle(options)
  if (obstacle !== null) return tensorLearner('auto', options, obstacle)
  try {
    return fusedLearner(choice, options, crew)
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

function fusedLearner({ kernels: build, threads: asked = 1 }: Choice, options: LearnerOptions, crew?: CriticCrew): ChosenLearner {
  const { kernels, why } = fusedKernels(build)
  const { threads, reason } = threadsFor(asked, kernels.build, crew)
  return {
    learner: createFusedLearner({ ...options, kernels, threads, crew }),
    computing: `fused, ${why}${reason}`,
    memory: () => ({ tensors: 0, bytes: 0 }),
  }
}

/** How many threads an update may have, and why, as words that go on with what computes; nothing where only one was ever possible. */
function threadsFor(
  asked: Threads,
  build: FusedKernels['kernels']['build'],
  crew: CriticCrew | undefined,
): { readonly threads: Threads; readonly reason: string } {
  if (crew === undefined) return { threads: 1, reason: '' }
  if (build === 'plain') return { threads: 1, reason: '; one thread: these kernels have no memory to share' }
  if (asked !== 'auto') return { threads: asked, reason: `; ${asked === 1 ? 'one thread' : 'two threads'}: asked for` }
  if (crew.cores < 2) return { threads: 1, reason: '; one thread: one core' }
  return { threads: 'auto', reason: '; one thread or two, whichever is faster' }
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
