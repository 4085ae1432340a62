/**
 * The methods of the field as choices of the five words, with the numbers of their papers. One row a method; `tau-rl clips` lists them.
 */
import type { Json } from '../core/json.js'
import type { ClipOf, ClipPer, ClipShape, ClipStage } from './clip.js'
import type { RuleName } from './rules.js'

export interface Preset {
  readonly rule: RuleName
  /** Where the method differs from the rule's own defaults. */
  readonly options?: { readonly [name: string]: Json }
  /** Default: what the rule is made for. */
  readonly of?: ClipOf
  readonly per: ClipPer
  readonly shape?: ClipShape
  readonly stage?: ClipStage
  readonly except?: readonly string[]
  readonly errorFeedback?: true
  /** One line for a list. */
  readonly description: string
  readonly source: string
}

export const PRESETS = {
  none: { rule: 'none', per: 'model', description: 'no limit', source: 'the baseline' },
  'global-norm': {
    rule: 'fixed',
    options: { tau: 0.5 },
    per: 'model',
    description: 'one constant limit on the norm of the whole gradient, actor and critic together',
    source: 'Pascanu et al. 2013; 0.5 as in OpenAI baselines and Stable-Baselines3',
  },
  norm: {
    rule: 'fixed',
    options: { tau: 1 },
    per: 'tensor',
    description: 'one constant limit on the norm of each tensor',
    source: 'TensorFlow clip_by_norm, Keras clipnorm',
  },
  value: {
    rule: 'fixed',
    options: { tau: 1 },
    of: 'element',
    per: 'model',
    description: 'every element clipped to [−τ, τ]',
    source: 'PyTorch clip_grad_value_, Keras clipvalue',
  },
  fixed: {
    rule: 'fixed',
    per: 'model',
    description: 'a constant limit; choose what it bounds with of and per',
    source: 'Pascanu et al. 2013 (arXiv:1211.5063)',
  },
  percentile: {
    rule: 'percentile',
    per: 'model',
    description: 'τ is a percentile of the last norms, this one included',
    source: 'after AutoClip, with a window; p 90 clips one step in ten',
  },
  autoclip: {
    rule: 'percentile',
    options: { p: 10, window: null },
    per: 'model',
    description: 'τ is the 10th percentile of all norms so far, this one included',
    source: 'Seetharaman et al. 2020 (arXiv:2007.14469)',
  },
  quantile: {
    rule: 'quantile',
    per: 'model',
    description: 'τ follows a quantile of the norms in small steps and remembers none: half of the norms clipped unless told otherwise',
    source: 'Andrew et al. 2021 (arXiv:1905.03871), without its noise',
  },
  zclip: {
    rule: 'zscore',
    options: { leastSigma: 0 },
    per: 'model',
    description: 'norms more than 2.5 deviations above their moving average are pulled back to it; never above 1',
    source: 'Kumar et al. 2025 (arXiv:2504.02507)',
  },
  zscore: {
    rule: 'zscore',
    options: { max: null },
    per: 'model',
    description: 'the rule of zclip without its upper bound, and safe where all norms of the warm-up are equal',
    source: 'after ZClip (arXiv:2504.02507)',
  },
  auto: {
    rule: 'auto',
    per: 'network',
    description: 'no number to choose: τ is learnt from the norms, clips about one step in twenty and follows them to new levels',
    source: 'ours; not shown to beat a fixed limit',
  },
  adagc: {
    rule: 'ema-norm',
    per: 'tensor',
    description:
      'τ = 1.05 · moving average of the clipped norms of each tensor, after a warm-up in which the whole gradient has a limit of 1',
    source: 'Wang et al. 2025 (arXiv:2502.11034)',
  },
  'adagc-paddle': {
    rule: 'ema-norm',
    options: { lambda: 1.04, beta: 0.99 },
    per: 'tensor',
    description: "adagc with the numbers of PaddlePaddle's ClipGradByAdaptiveNorm",
    source: 'PaddlePaddle; Wang et al. 2025 (arXiv:2502.11034)',
  },
  'ema-norm': {
    rule: 'ema-norm',
    per: 'tensor',
    description: 'the rule of adagc',
    source: 'Wang et al. 2025 (arXiv:2502.11034)',
  },
  'gradient-stabilizer': {
    rule: 'gradient-stabilizer',
    per: 'tensor',
    shape: 'normalize',
    description: 'every gradient of a tensor gets a length near 1, from moving averages of its norm and the square of it (AdaGN)',
    source: 'Huang et al. 2025, Stable-SPAM (arXiv:2502.17055)',
  },
  schedule: {
    rule: 'schedule',
    per: 'model',
    description: 'τ on a schedule of steps: linear, cosine, in steps, until a step, with a rise before it',
    source: 'as learning-rate schedules',
  },
  tightest: {
    rule: 'tightest',
    per: 'model',
    description: 'the smallest τ of several rules: rules=zclip|percentile, or a list with options in a configuration',
    source: 'ours',
  },
  loosest: {
    rule: 'loosest',
    per: 'model',
    description: 'the largest τ of several rules',
    source: 'ours',
  },
  agc: {
    rule: 'relative-to-weights',
    per: 'unit',
    except: ['@heads'],
    description: 'adaptive gradient clipping: τ in proportion to the weights of each output unit; the last layers go free',
    source: 'Brock et al. 2021 (arXiv:2102.06171)',
  },
  'relative-to-weights': {
    rule: 'relative-to-weights',
    per: 'tensor',
    description: 'the rule of agc, per tensor unless said otherwise',
    source: 'Brock et al. 2021 (arXiv:2102.06171)',
  },
  'block-rms': {
    rule: 'learning-rate',
    options: { c: 1, floor: 1e-30 },
    of: 'rms',
    per: 'tensor',
    stage: 'update',
    description: 'the root mean square of the step of each tensor is at most the learning rate',
    source: 'Shazeer & Stern 2018 (Adafactor, arXiv:1804.04235)',
  },
  'bounded-update': {
    rule: 'fixed',
    options: { tau: 0.1 },
    per: 'model',
    stage: 'update',
    description: 'one constant limit on the norm of the step that the optimiser proposes: the weights move no further',
    source: 'ours: what a limit in proportion to the learning rate is meant for',
  },
  'u-clip': {
    rule: 'fixed',
    options: { tau: 1 },
    of: 'element',
    per: 'model',
    errorFeedback: true,
    description: 'elements clipped, and what was cut off is added to the next gradient',
    source: 'Elesedy & Hutter 2023 (arXiv:2302.02971)',
  },
  spam: {
    rule: 'spam',
    per: 'model',
    description: "spike-aware: elements far above Adam's second moment are cut to it; the moments start anew every 500 steps",
    source: 'Huang et al. 2025 (arXiv:2501.06842)',
  },
  'stable-spam-elements': {
    rule: 'ema-max',
    options: { resetEvery: 1000 },
    per: 'tensor',
    shape: 'rescale',
    description: 'the first half of Stable-SPAM; for all of it: stable-spam-elements+gradient-stabilizer',
    source: 'Huang et al. 2025 (arXiv:2502.17055)',
  },
  'ema-max': {
    rule: 'ema-max',
    per: 'tensor',
    shape: 'rescale',
    description: 'τ is a slow average of the largest magnitude; elements above it are scaled down together',
    source: 'Huang et al. 2025 (arXiv:2502.17055)',
  },
  'stable-adamw': {
    rule: 'stable-adamw',
    of: 'rms',
    per: 'tensor',
    stage: 'update',
    description: "the step of a tensor is divided by how far its gradient outruns Adam's second moment",
    source: 'Wortsman et al. 2023 (arXiv:2304.13013)',
  },
  clippy: {
    rule: 'clippy',
    of: 'norm-inf',
    per: 'tensor',
    stage: 'update',
    description: 'no weight may change by more than a share of itself in one step',
    source: 'Tang et al. 2023 (arXiv:2302.09178)',
  },
  alrc: {
    rule: 'alrc',
    per: 'model',
    description: 'a loss far above its recent ones is scaled down to the limit, and its gradient with it',
    source: 'Ede & Beanland 2020 (arXiv:1906.09060)',
  },
  'mean-std': {
    rule: 'mean-std',
    per: 'model',
    description: 'τ = mean + k standard deviations: of the elements (clips elements), their magnitudes, or earlier norms (clips the norm)',
    source: 'over=element is the literal reading; over=history is the usual adaptive clip',
  },
  'learning-rate': {
    rule: 'learning-rate',
    per: 'model',
    description: 'τ = c · learning rate, with a floor',
    source: 'ours',
  },
  'loss-feedback': {
    rule: 'loss-feedback',
    options: { signal: 'return' },
    per: 'network',
    description: 'performance worse → τ up, better → τ down: bounded, smoothed, with a dead band and a leak towards τ₀',
    source: 'ours; not shown to beat a fixed limit',
  },
  'loss-feedback-literal': {
    rule: 'loss-feedback-literal',
    per: 'model',
    description: 'the bare form, × 1.1 when worse and × 0.9 when better, unbounded: collapses, for study',
    source: 'ours',
  },
} as const satisfies Readonly<Record<string, Preset>>

export type PresetName = keyof typeof PRESETS
