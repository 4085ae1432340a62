/** CartPole at CleanRL's settings, as ppo.py of CleanRL has them: what whole trainings are compared on. */
import { learnSchema, networkSchema, optimizerSchema } from '../../src/core/config/schema.js'

export const NUM_ENVS = 4
export const SEED = 1
export const NETWORK = networkSchema.parse({ hidden: [64, 64], activation: 'tanh' })
export const OPTIMIZER = optimizerSchema.parse({ name: 'adam', epsilon: 1e-5 })
export const LEARN = learnSchema.parse({
  rolloutSteps: 128,
  minibatchSize: 128, // four minibatches
  epochs: 4,
  gamma: 0.99,
  lambda: 0.95,
  learningRate: { from: 2.5e-4, to: 0 },
  ratioClip: 0.2,
  valueClip: 0.2,
  valueCoefficient: 0.5,
  entropyCoefficient: 0.01,
})
