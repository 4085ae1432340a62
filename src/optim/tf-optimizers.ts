/**
 * Optimisers for any TensorFlow.js program: in `model.compile`, with `minimize`, in custom loops, bare or inside `withClipping`.
 *
 *     const rate = { kind: 'warmup', steps: 100, rate: { kind: 'cosine', from: 1e-3, to: 0, steps: 5000 } } as const
 *     model.compile({ optimizer: withClipping(tfAdamW(rate), 'autoclip'), loss: 'meanSquaredError' })
 *
 * The names start with tf because `adam`, `rmsprop` and `sgd` are the same optimisers on flat arrays. Defaults are PyTorch's.
 */
import type { RateSchedule } from './rate-schedule.js'
import type { TfAdamOptions } from './tf-adam.js'
import { TfOptimizer, type TfOptimizerOptions } from './tf-optimizer.js'
import type { TfRmspropOptions } from './tf-rmsprop.js'
import type { TfSgdOptions } from './tf-sgd.js'

/**
 * Adam (Kingma & Ba 2015), with AMSGrad and weight decay as options.
 * @param learningRate a number, or a schedule over the steps. Default 1e-3.
 * @throws RangeError when an option is out of range, of the wrong type or misspelt
 */
export const tfAdam = (learningRate: RateSchedule = 1e-3, options: TfAdamOptions & TfOptimizerOptions = {}): TfOptimizer =>
  new TfOptimizer('adam', learningRate, options)

/**
 * AdamW (Loshchilov & Hutter 2019): Adam with a decoupled weight decay of 0.01.
 * @param learningRate a number, or a schedule over the steps. Default 1e-3.
 * @throws RangeError when an option is out of range, of the wrong type or misspelt
 */
export function tfAdamW(
  learningRate: RateSchedule = 1e-3,
  options: Omit<TfAdamOptions, 'weightDecayKind'> & TfOptimizerOptions = {},
): TfOptimizer {
  const decayed: TfAdamOptions & TfOptimizerOptions = { ...options, weightDecay: options.weightDecay ?? 0.01 }
  return new TfOptimizer('adam', learningRate, decayed)
}

/**
 * RMSprop (Tieleman & Hinton 2012), with ε outside the root (PyTorch) or inside (TensorFlow).
 * @param learningRate a number, or a schedule over the steps. Default 1e-2.
 * @throws RangeError when an option is out of range, of the wrong type or misspelt
 */
export const tfRmsprop = (learningRate: RateSchedule = 1e-2, options: TfRmspropOptions & TfOptimizerOptions = {}): TfOptimizer =>
  new TfOptimizer('rmsprop', learningRate, options)

/**
 * Stochastic gradient descent, with momentum, Nesterov's momentum and weight decay as options.
 * @param learningRate a number, or a schedule over the steps. Default 1e-3.
 * @throws RangeError when an option is out of range, of the wrong type or misspelt
 */
export const tfSgd = (learningRate: RateSchedule = 1e-3, options: TfSgdOptions & TfOptimizerOptions = {}): TfOptimizer =>
  new TfOptimizer('sgd', learningRate, options)
