/**
 * Gradient clipping around any tf.Optimizer, which TensorFlow.js itself has none of. Clips before the optimiser's moments; works with
 * `optimizer.minimize`, with `tf.variableGrads` + `applyGradients`, and inside `model.compile`/`fit`, and is saved with the model.
 *
 *     model.compile({ optimizer: withClipping(tf.train.adam(1e-3), 'loss-feedback'), loss: 'meanSquaredError' })
 *
 * On the host every rule works. Reading gradients from a GPU waits for it, so there clips of norms and elements are carried out on the
 * device (option `where`). A gradient under its limit goes on as the tensor that it was. A step with a gradient that is not finite is left
 * out: weights and moments stay.
 *
 * Feedback: a plain tfjs program has no updates, so here one is `feedbackEvery` steps of `minimize` (or batches of `fit`), and its signal
 * is 'loss', their mean. Other signals, and custom loops, come in by `reportSignal`.
 */
import type { Optimizer } from '@tensorflow/tfjs-core'
import { asClipPlan, type ClipLike } from '../clip/as-clip.js'
import { ClippedOptimizer } from './clipped-optimizer.js'
import type { ClipWhere } from './device-clipping.js'
import type { GroupVariable } from './variable-slots.js'

export interface WithClippingOptions {
  /** Steps of `minimize` in one update: the signal 'loss' is their mean. Default 100. */
  readonly feedbackEvery?: number
  /** Non-finite gradients in a row after which `applyGradients` throws. Default 10. */
  readonly maxSkips?: number
  /**
   * Where gradients are clipped. Default 'auto': on the device where reading from it waits (webgpu, webgl, tensorflow) and the clip allows
   * it, else on the host. 'device' refuses clips that need the host.
   */
  readonly where?: ClipWhere
  /** What each variable is part of, from its name. Default: by its path, 'actor/dense_1/kernel' is of network 'actor', layer 'actor/dense_1'. */
  readonly group?: GroupVariable
}

/**
 * @param clip a name with options as on the command line ('global-norm:tau=1'), a configuration, a rule, a whole clip, or a list of these to
 *   carry out one after the other. A feedback rule by name listens to the loss unless its `signal` says otherwise.
 * @throws UsageError when the clip's name or options are wrong
 * @throws RangeError when an option is out of range
 */
export function withClipping(optimizer: Optimizer, clip: ClipLike, options: WithClippingOptions = {}): ClippedOptimizer {
  return new ClippedOptimizer(optimizer, asClipPlan(clip, 'loss'), options)
}
