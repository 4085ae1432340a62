/**
 * Every metric a run reports: name, unit and meaning. Names follow Stable-Baselines3 where it has one.
 * A metric without a line here fails a test.
 */

export interface MetricEntry {
  readonly unit:
    | 'return'
    | 'steps'
    | 'episodes'
    | 'updates'
    | 'seconds'
    | 'steps/s'
    | 'nats'
    | 'share'
    | 'norm'
    | 'count'
    | 'bytes'
    | 'number'
  readonly meaning: string
}

export const CATALOG: Readonly<Record<string, MetricEntry>> = {
  'rollout/ep_rew_mean': { unit: 'return', meaning: 'mean return of the last 100 finished training episodes' },
  'rollout/ep_len_mean': { unit: 'steps', meaning: 'mean length of the last 100 finished training episodes' },
  'rollout/episodes': { unit: 'episodes', meaning: 'episodes finished so far' },
  'time/total_timesteps': { unit: 'steps', meaning: 'environment steps so far, over all environments' },
  'time/iterations': { unit: 'updates', meaning: 'updates so far' },
  'time/time_elapsed': { unit: 'seconds', meaning: 'time since the start of this process' },
  'time/fps': { unit: 'steps/s', meaning: 'environment steps per second since the start of this process' },
  'time/rollout_seconds': { unit: 'seconds', meaning: 'time spent acting and stepping environments in this update' },
  'time/update_seconds': { unit: 'seconds', meaning: 'time spent learning in this update' },
  'train/learning_rate': { unit: 'number', meaning: 'learning rate α of this update' },
  'train/clip_range': { unit: 'number', meaning: 'PPO ratio clip of this update' },
  'train/ent_coef': { unit: 'number', meaning: 'entropy coefficient of this update' },
  'train/loss': {
    unit: 'number',
    meaning: 'policy loss + entropy coefficient · entropy loss + value coefficient · value loss, mean over minibatch steps',
  },
  'train/policy_gradient_loss': { unit: 'number', meaning: 'policy loss, mean over minibatch steps' },
  'train/value_loss': { unit: 'number', meaning: 'value loss, mean over minibatch steps' },
  'train/entropy_loss': { unit: 'nats', meaning: 'minus the mean entropy of the policy' },
  'train/approx_kl': { unit: 'nats', meaning: 'mean of (r − 1) − log r over the last epoch: how far the policy moved' },
  'train/clip_fraction': { unit: 'share', meaning: 'share of samples whose probability ratio left the PPO clip range' },
  'train/explained_variance': { unit: 'share', meaning: '1 − Var(returns − values) / Var(returns): how well the critic predicts' },
  'train/std': { unit: 'number', meaning: 'mean standard deviation of a Gaussian policy' },
  'train/n_updates': { unit: 'count', meaning: 'minibatch steps so far' },
  'train/early_stop': { unit: 'share', meaning: '1 when the target KL ended this update early' },
  'grad/norm_pre': { unit: 'norm', meaning: 'L2 norm of the whole gradient before clipping, mean over minibatch steps' },
  'grad/norm_post': { unit: 'norm', meaning: 'L2 norm of the whole gradient after clipping, mean over minibatch steps' },
  'grad/tau': { unit: 'norm', meaning: 'clip threshold τ, mean over groups and minibatch steps; null = no limit' },
  'grad/clip_rate': { unit: 'share', meaning: 'share of (minibatch step, group) pairs that were clipped; for element clips, of elements' },
  'grad/skipped': { unit: 'count', meaning: 'minibatch steps skipped so far because a gradient was not finite' },
  'grad/non_finite': { unit: 'count', meaning: 'elements of the gradient that are not finite (withClipping)' },
  'eval/mean_reward': { unit: 'return', meaning: 'mean return over the evaluation episodes' },
  'eval/std_reward': { unit: 'return', meaning: 'standard deviation of the evaluation returns' },
  'eval/mean_ep_length': { unit: 'steps', meaning: 'mean length of the evaluation episodes' },
  'memory/tensors': { unit: 'count', meaning: 'TensorFlow.js tensors alive after the update' },
  'memory/tensor_bytes': { unit: 'bytes', meaning: 'bytes of TensorFlow.js tensors alive after the update' },
}

/** Families with a name inside: `grad/layer/<layer>/norm_pre`, `grad/group/<group>/tau`. */
const FAMILIES: readonly { readonly pattern: RegExp; readonly entry: MetricEntry }[] = [
  { pattern: /^grad\/group\/[^/]+\/norm_pre$/, entry: { unit: 'norm', meaning: 'norm of one clip group before clipping' } },
  { pattern: /^grad\/group\/[^/]+\/norm_post$/, entry: { unit: 'norm', meaning: 'norm of one clip group after clipping' } },
  { pattern: /^grad\/group\/[^/]+\/tau$/, entry: { unit: 'norm', meaning: 'threshold τ of one clip group; null = no limit' } },
  {
    pattern: /^grad\/group\/[^/]+\/clip_rate$/,
    entry: { unit: 'share', meaning: 'share of minibatch steps in which the group was clipped' },
  },
  { pattern: /^grad\/layer\/.+\/norm_pre$/, entry: { unit: 'norm', meaning: 'gradient norm of one layer before clipping' } },
  { pattern: /^grad\/layer\/.+\/norm_post$/, entry: { unit: 'norm', meaning: 'gradient norm of one layer after clipping' } },
  { pattern: /^grad\/layer\/.+\/tau$/, entry: { unit: 'norm', meaning: 'smallest τ that touches one layer (withClipping)' } },
  { pattern: /^grad\/layer\/.+\/clip_rate$/, entry: { unit: 'share', meaning: 'share of the clip groups of one layer that were clipped' } },
  { pattern: /^grad\/(layer\/.+\/)?cosine$/, entry: { unit: 'number', meaning: 'cosine between the gradient before and after clipping' } },
  {
    pattern: /^grad\/(layer\/.+\/)?update_ratio$/,
    entry: { unit: 'number', meaning: 'norm of the change of the weights over the norm of the weights' },
  },
  { pattern: /^grad\/(layer\/.+\/)?root_v_(min|median|max)$/, entry: { unit: 'number', meaning: 'of √v̂: what the optimiser divides by' } },
  { pattern: /^grad\/(layer\/.+\/)?root_v_below_epsilon$/, entry: { unit: 'share', meaning: 'share of elements with √v̂ below ε' } },
  { pattern: /^grad\/(layers|units)\/norm_(pre|post)$/, entry: { unit: 'norm', meaning: 'histogram: norms of all layers, or units' } },
  {
    pattern: /^histograms\/.+\/gradient_(pre|post)$/,
    entry: { unit: 'number', meaning: 'histogram: gradient of one layer, before and after clipping' },
  },
  { pattern: /^histograms\/.+\/weights$/, entry: { unit: 'number', meaning: 'histogram: weights of one layer after a minibatch step' } },
  {
    pattern: /^histograms\/.+\/steps$/,
    entry: { unit: 'number', meaning: 'histogram: what a minibatch step added to the weights of one layer' },
  },
  { pattern: /^grad\/layer\/.+\/weight_norm$/, entry: { unit: 'norm', meaning: 'norm of the weights of one layer' } },
]

/** The entry of a metric, or undefined when nobody declared it. */
export function metricEntry(name: string): MetricEntry | undefined {
  return CATALOG[name] ?? FAMILIES.find(({ pattern }) => pattern.test(name))?.entry
}
