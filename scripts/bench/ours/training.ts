/** Whole trainings of CartPole as `train` makes them, without its files: the loop, and all that it counts, on whatever computes by default. */
import { criticCrew } from '../../../src/cli/critic-crew.js'
import { runConfigSchema } from '../../../src/core/config/schema.js'
import { train } from '../../../src/train/run.js'
import type { TrainingSettings } from '../training-settings.js'
import { clock, serve } from './serve.js'
import { type Threads, threadSettings } from './start.js'

await serve(async ({ prepare = false, threads, ...settings }: TrainingSettings & { prepare?: boolean; threads: Threads }) => {
  const { algo, envs, rolloutSteps, minibatch, epochs, learningRate, anneal, seed } = settings
  const { lambda, entropyCoefficient, valueCoefficient, valueClip } = settings
  const config = runConfigSchema.parse({
    env: 'CartPole-v1',
    algo,
    seed,
    numEnvs: envs,
    totalSteps: settings.steps,
    ...(prepare && { stopAt: 4 * envs * rolloutSteps }),
    checkpointEvery: 0,
    evaluation: { episodes: 1 },
    learn: {
      ...{ rolloutSteps, minibatchSize: minibatch, epochs, gamma: 0.99, lambda },
      learningRate: anneal ? { from: learningRate, to: 0 } : learningRate,
      ...{ ratioClip: 0.2, valueClip, valueCoefficient, entropyCoefficient, normalizeAdvantages: algo === 'ppo' },
    },
    optimizer: algo === 'ppo' ? { name: 'adam', epsilon: 1e-5 } : { name: 'rmsprop', decay: 0.99, epsilon: 1e-5 },
    clip: { name: 'global-norm', tau: 0.5 },
    ...threadSettings(threads),
  })
  const elapsed = clock()
  const events = train(config, { clock: () => performance.now() / 1000, crew: criticCrew() })
  for (;;) {
    const next = await events.next()
    if (!next.done) continue
    const { steps, meanReturn100, backend } = next.value
    return { ...elapsed(steps), steps, meanReturn: meanReturn100, backend }
  }
})
