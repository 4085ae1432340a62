/**
 * The configuration of a run: one declaration per setting with its default, range and meaning. Flags, `--set`, YAML files, presets and
 * the README's table all read this. A value out of range is refused here, before anything starts.
 */
import { z } from 'zod'
import type { Json } from '../json.js'

/** A constant, or a straight line over the run: `{ from: 0.001, to: 0 }`, also written as the zoo does: `lin_0.001`. */
export type Schedule = number | { readonly from: number; readonly to: number }

const schedule = (limits: { above?: number; atLeast?: number; atMost?: number }) => {
  let number = z.number()
  if (limits.above !== undefined) number = number.gt(limits.above)
  if (limits.atLeast !== undefined) number = number.gte(limits.atLeast)
  if (limits.atMost !== undefined) number = number.lte(limits.atMost)
  let end = z.number().gte(0)
  if (limits.atMost !== undefined) end = end.lte(limits.atMost)
  return z.preprocess(readLinear, z.union([number, z.strictObject({ from: number, to: end })]))
}

/** 'lin_0.001' → { from: 0.001, to: 0 } */
function readLinear(value: unknown): unknown {
  const match = typeof value === 'string' ? /^lin_(.+)$/.exec(value) : null
  return match ? { from: Number(match[1]), to: 0 } : value
}

const count = z.int().gte(1)

const convolution = z.strictObject({ filters: count, size: count, stride: count.default(1) })

/** Convolutions by name: the layers of the literature. */
const CONVOLUTIONS = {
  minatar: { conv: [{ filters: 16, size: 3, stride: 1 }], hidden: [128] }, // Young & Tian 2019, arXiv:1903.03176
  nature: {
    conv: [
      { filters: 32, size: 8, stride: 4 },
      { filters: 64, size: 4, stride: 2 },
      { filters: 64, size: 3, stride: 1 },
    ],
    hidden: [512],
  }, // Mnih et al. 2015, doi:10.1038/nature14236
}

/** What each kind of network is where nothing else is said. */
const KINDS: Readonly<Record<string, Readonly<Record<string, Json>>>> = {
  cnn: { conv: 'minatar', activation: 'relu', shared: true },
  lstm: { hidden: [64] },
  gru: { hidden: [64] },
}

const networkFields = z.strictObject({
  kind: z.enum(['mlp', 'cnn', 'lstm', 'gru']).default('mlp').describe('perceptron, convolutions over images, or a memory of earlier steps'),
  file: z
    .string()
    .min(1)
    .nullable()
    .default(null)
    .describe('file of the network, when it is one of your own; layers and activation do not count then'),
  hidden: z.array(count).max(16).default([64, 64]).describe('units of each hidden layer, for the actor and for the critic'),
  activation: z.enum(['tanh', 'relu', 'elu']).default('tanh').describe('activation of the hidden layers'),
  conv: z.array(convolution).max(8).default([]).describe('convolutions before them: a list of filters, size, stride; or minatar, nature'),
  memory: count.default(64).describe('units of the memory of an lstm or gru, which stands before the hidden layers'),
  shared: z.boolean().default(false).describe('actor and critic share all layers but the last; cnn: true where nothing is said'),
  logStdInit: z.number().gte(-20).lte(2).default(0).describe('first log standard deviation of a Gaussian policy'),
  squash: z.boolean().default(false).describe('box actions by tanh, stretched to their bounds, in place of clipping'),
})

export type NetworkInput = Omit<z.input<typeof networkFields>, 'conv'> & {
  readonly conv?: keyof typeof CONVOLUTIONS | z.input<typeof networkFields>['conv']
}

/** Fills in what the kind of network says, and what a name of convolutions means. */
function withKind(value: NetworkInput): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value // what people write may be anything
  const { kind } = value
  const full = { ...(typeof kind === 'string' && Object.hasOwn(KINDS, kind) ? KINDS[kind] : {}), ...value } as Record<string, unknown>
  const named =
    typeof full['conv'] === 'string' && Object.hasOwn(CONVOLUTIONS, full['conv'])
      ? CONVOLUTIONS[full['conv'] as keyof typeof CONVOLUTIONS]
      : null
  return named ? { hidden: named.hidden, ...full, conv: named.conv } : full
}

export const networkSchema = z.preprocess(withKind, networkFields)

export const learnSchema = z.strictObject({
  rolloutSteps: count.default(2048).describe('steps per environment in one rollout'),
  minibatchSize: count.default(64).describe('rows per minibatch step (PPO; A2C takes the whole rollout)'),
  epochs: count.default(10).describe('passes over each rollout (PPO)'),
  gamma: z.number().gte(0).lte(1).default(0.99).describe('discount per step'),
  lambda: z.number().gte(0).lte(1).default(0.95).describe('GAE: 0 trusts the critic, 1 the returns'),
  learningRate: schedule({ above: 0 }).default(3e-4).describe('learning rate α, or a line over the run'),
  ratioClip: schedule({ above: 0 }).default(0.2).describe("PPO's clip of the probability ratio, or a line over the run"),
  valueClip: z.number().gt(0).nullable().default(null).describe('clip of the value around its old value; null = none'),
  valueCoefficient: z.number().gte(0).default(0.5).describe('weight of the value loss'),
  entropyCoefficient: schedule({ atLeast: 0 }).default(0).describe('weight of the entropy bonus, or a line over the run'),
  normalizeAdvantages: z.boolean().default(true).describe('normalise advantages per minibatch'),
  targetKl: z.number().gt(0).nullable().default(null).describe('ends an update early when the KL passes 1.5 times this; null = never'),
})

export const optimizerSchema = z.strictObject({
  name: z.enum(['adam', 'adamw', 'rmsprop', 'sgd', 'acclip']).default('adam').describe('optimiser'),
  beta1: z.number().gte(0).lt(1).default(0.9).describe('Adam and ACClip: decay of the first moment'),
  beta2: z.number().gte(0).lt(1).default(0.999).describe('Adam: decay of the second moment'),
  amsgrad: z.boolean().default(false).describe('Adam: divide by the largest second moment so far'),
  magnitudeDecay: z.number().gte(0).lt(1).default(0.99).describe('ACClip: decay of the average magnitude, its limit'),
  moment: z.number().gt(0).lte(2).default(1).describe('ACClip: moment of the magnitudes that is averaged'),
  decay: z.number().gte(0).lt(1).default(0.99).describe('RMSprop: decay of the squared gradient'),
  centered: z.boolean().default(false).describe('RMSprop: divide by the root of the variance'),
  epsilon: z.number().gt(0).default(1e-5).describe('added to the root of the second moment'),
  epsilonAs: z
    .enum(['pytorch', 'tensorflow'])
    .default('pytorch')
    .describe('where ε is added; tensorflow: Adam before the bias correction, RMSprop inside the root'),
  momentum: z.number().gte(0).lt(1).default(0).describe('SGD and RMSprop: decay of the sum of steps'),
  nesterov: z.boolean().default(false).describe("SGD: Nesterov's momentum; without momentum it changes nothing"),
  weightDecay: z.number().gte(0).nullable().default(null).describe('weight decay; null = none, 0.01 for adamw'),
  weightDecayKind: z.enum(['decoupled', 'l2']).default('decoupled').describe('decoupled from the gradient, or added to it as a penalty'),
  maxSkips: count.default(10).describe('non-finite gradients in a row after which the run stops'),
})

export const normalizeSchema = z.strictObject({
  observations: z.boolean().default(false).describe('take the running mean off observations and divide by their running deviation'),
  rewards: z.boolean().default(false).describe('divide rewards by the running deviation of the discounted return'),
  clipObservations: z.number().gt(0).default(10).describe('largest size of a normalised observation'),
  clipRewards: z.number().gt(0).default(10).describe('largest size of a normalised reward'),
  epsilon: z.number().gt(0).default(1e-8).describe('added to the running variances'),
})

/** `name` is a preset or rule (`tau-rl clips` lists them); the other keys are its options and the words of a clip (`of`, `per`, …). */
const clipSchema = z.object({ name: z.string().min(1) }).catchall(z.json())

const evaluationSchema = z.strictObject({
  every: z.int().gte(0).default(0).describe('environment steps between evaluations; 0 = only at the end'),
  episodes: count.default(10).describe('episodes per evaluation, greedy actions'),
})

export const runConfigSchema = z.strictObject({
  env: z.string().min(1).describe('environment id'),
  envFile: z.string().min(1).nullable().default(null).describe('file of the environment, when it is one of your own'),
  envOptions: z.record(z.string(), z.json()).default({}).describe("keyword arguments of the environment's constructor"),
  algo: z.enum(['ppo', 'a2c']).default('ppo').describe('algorithm'),
  seed: z
    .int()
    .gte(0)
    .lte(2 ** 32 - 1)
    .default(1)
    .describe('seed of everything random in the run'),
  totalSteps: count.default(100_000).describe('environment steps of the run, over all environments; schedules end there'),
  numEnvs: count.lte(65_536).default(8).describe('environments stepped together'),
  vectorization: z
    .enum(['auto', 'arrays', 'serial', 'workers'])
    .default('auto')
    .describe('how environments are stepped together: in arrays, one after the other, or on worker threads; auto = the fastest'),
  workers: count.lte(1024).nullable().default(null).describe('worker threads at most; null = as many as this machine runs at once'),
  workerTimeout: z.number().gte(1).lte(86_400).default(10).describe('seconds after which a worker that does not answer is lost'),
  backend: z.string().default('auto').describe('what computes the updates'),
  kernels: z
    .enum(['auto', 'relaxed', 'strict', 'plain'])
    .default('auto')
    .describe('build of our kernels: relaxed fuses multiply and add, strict has the same bits on every machine; auto = the fastest'),
  threads: z
    .union([z.literal('auto'), z.literal(1), z.literal(2)])
    .default('auto')
    .describe('threads of an update on our kernels; auto = the faster number, measured as it runs; results are the same'),
  masks: z
    .enum(['auto', 'off'])
    .default('auto')
    .describe('leave out the actions that the environment forbids in info.actionMask; auto = where it gives one'),
  network: networkSchema.prefault({}),
  learn: learnSchema.prefault({}),
  optimizer: optimizerSchema.prefault({}),
  normalize: normalizeSchema.prefault({}),
  clip: z
    .union([clipSchema, z.array(clipSchema).min(1)])
    .default({ name: 'loss-feedback' })
    .describe('gradient clip, or a list of clips one after the other'),
  evaluation: evaluationSchema.prefault({}),
  histograms: z.boolean().default(false).describe('gradients, weights and steps of every layer as histograms, for TensorBoard'),
  histogramsEvery: count.default(10).describe('updates between two histograms'),
  recordEvery: z.int().gte(0).default(0).describe('record every n-th episode; 0 = only the last'),
  checkpointEvery: z
    .int()
    .gte(0)
    .nullable()
    .default(null)
    .describe('environment steps between checkpoints; null = a tenth of the run, 0 = only at the end'),
  stopReturn: z.number().nullable().default(null).describe('end the run once its last 100 episodes average this'),
  stopAt: count.nullable().default(null).describe('end the run at this step, schedules as if it went on'),
})

export type RunConfig = z.output<typeof runConfigSchema>
export type RunConfigInput = z.input<typeof runConfigSchema>
export type NetworkConfig = z.output<typeof networkSchema>
export type LearnConfig = z.output<typeof learnSchema>
export type NormalizeConfig = z.output<typeof normalizeSchema>
export type OptimizerConfig = z.output<typeof optimizerSchema>
export type ClipConfig = { readonly name: string } & { readonly [option: string]: Json }

/** The value of a schedule when `progress` (0 … 1) of the run is done. */
export function scheduled(schedule: Schedule, progress: number): number {
  return typeof schedule === 'number' ? schedule : schedule.from + (schedule.to - schedule.from) * progress
}
