/** The metrics of one update by catalog name. */
import type { Hyperparameters, UpdateReport } from '../../agents/learners/learner.js'
import type { Metrics } from '../core/events.js'

export interface Timing {
  /** Seconds since the start of this process's run. */
  readonly elapsed: number
  readonly rollout: number
  readonly update: number
  /** Environment steps per second since the start of this process's run. */
  readonly fps: number
}

export interface Progress {
  readonly step: number
  readonly update: number
  readonly episodes: number
  /** Minibatch steps so far. */
  readonly minibatchSteps: number
  /** Minibatch steps skipped so far. */
  readonly skipped: number
  /** Over the last 100 episodes; null before the first. */
  readonly meanReturn: number | null
  readonly meanLength: number | null
}

export function updateMetrics(
  progress: Progress,
  timing: Timing,
  report: UpdateReport,
  hyper: Hyperparameters,
  memory: { readonly tensors: number; readonly bytes: number },
): Metrics {
  const { gradient } = report
  const metrics: Record<string, number | null> = {
    'rollout/ep_rew_mean': progress.meanReturn,
    'rollout/ep_len_mean': progress.meanLength,
    'rollout/episodes': progress.episodes,
    'time/total_timesteps': progress.step,
    'time/iterations': progress.update,
    'time/time_elapsed': timing.elapsed,
    'time/fps': timing.fps,
    'time/rollout_seconds': timing.rollout,
    'time/update_seconds': timing.update,
    'train/learning_rate': hyper.learningRate,
    ...(hyper.objective === 'ppo' ? { 'train/clip_range': hyper.ratioClip } : {}),
    'train/ent_coef': hyper.entropyCoefficient,
    'train/loss': report.loss,
    'train/policy_gradient_loss': report.policyLoss,
    'train/value_loss': report.valueLoss,
    'train/entropy_loss': -report.entropy,
    'train/approx_kl': report.approxKl,
    'train/clip_fraction': report.clipFraction,
    'train/explained_variance': report.explainedVariance,
    ...(report.std === null ? {} : { 'train/std': report.std }),
    'train/n_updates': progress.minibatchSteps,
    'train/early_stop': report.stoppedEarly ? 1 : 0,
    'grad/norm_pre': gradient.normBefore,
    'grad/norm_post': gradient.normAfter,
    'grad/tau': gradient.tau,
    'grad/clip_rate': gradient.clipRate,
    'grad/skipped': progress.skipped,
    'grad/cosine': gradient.sample?.cosine ?? null,
    'grad/update_ratio': gradient.sample?.updateRatio ?? null,
    'grad/root_v_min': gradient.sample?.rootV?.min ?? null,
    'grad/root_v_median': gradient.sample?.rootV?.median ?? null,
    'grad/root_v_max': gradient.sample?.rootV?.max ?? null,
    'grad/root_v_below_epsilon': gradient.sample?.rootV?.belowEpsilon ?? null,
    'memory/tensors': memory.tensors,
    'memory/tensor_bytes': memory.bytes,
  }
  for (const group of gradient.groups) {
    const name = `grad/group/${group.name.replaceAll('/', '.')}`
    metrics[`${name}/norm_pre`] = group.normBefore
    metrics[`${name}/norm_post`] = group.normAfter
    metrics[`${name}/tau`] = group.tau
    metrics[`${name}/clip_rate`] = group.clipRate
  }
  for (const layer of gradient.layers) {
    metrics[`grad/layer/${layer.name}/norm_pre`] = layer.normBefore
    metrics[`grad/layer/${layer.name}/norm_post`] = layer.normAfter
    metrics[`grad/layer/${layer.name}/weight_norm`] = layer.weightNorm
  }
  for (const name in metrics) if (!Number.isFinite(metrics[name])) metrics[name] = null // "no limit" and "not defined": JSON has neither Infinity nor NaN
  return metrics
}
