/** What a golden run keeps: three updates of a small agent on the cpu backend, in numbers that would move if anything about learning did. */
import { resolveConfig } from '../../src/core/config/layers.js'
import type { RunConfigInput } from '../../src/core/config/schema.js'
import type { JsonObject } from '../../src/core/json.js'
import { train } from '../../src/train/run.js'

export interface GoldenRun {
  readonly algo: 'ppo' | 'a2c'
  readonly env: string
  /** Metrics that do not depend on the clock, per update. */
  readonly updates: readonly Readonly<Record<string, number | null>>[]
  /** Of the final parameters: Σp, Σ|p|, and every 50th. */
  readonly sum: number
  readonly magnitude: number
  readonly sample: readonly number[]
}

/** One per algorithm and policy. */
export const COURSES = [
  { algo: 'ppo', env: 'CartPole-v1' },
  { algo: 'ppo', env: 'Pendulum-v1' },
  { algo: 'a2c', env: 'CartPole-v1' },
  { algo: 'a2c', env: 'Pendulum-v1' },
] as const

export const fileName = ({ algo, env }: Pick<GoldenRun, 'algo' | 'env'>): string => `${algo}-${env}.json`

export async function goldenRun({ algo, env }: Pick<GoldenRun, 'algo' | 'env'>): Promise<GoldenRun> {
  const input: RunConfigInput = {
    algo,
    env,
    seed: 1,
    backend: 'cpu',
    numEnvs: 4,
    totalSteps: 3 * 4 * 64,
    network: { hidden: [16, 16] },
    learn: {
      rolloutSteps: 64,
      minibatchSize: 64,
      epochs: 2,
      learningRate: { from: 0.003, to: 0.001 },
      valueClip: 0.2,
      entropyCoefficient: 0.01,
    },
    optimizer: algo === 'a2c' ? { name: 'rmsprop' } : {},
    evaluation: { episodes: 1 },
  }
  const updates: GoldenRun['updates'][number][] = []
  let parameters = new Float32Array(0)
  for await (const event of train(resolveConfig([{ value: input as JsonObject, locate: () => 'golden' }]), { clock: () => 0 })) {
    if (event.kind === 'update')
      updates.push(Object.fromEntries(Object.entries(event.metrics).filter(([name]) => !/^(time|memory)\//.test(name))))
    if (event.kind === 'checkpoint') parameters = event.snapshot.arrays['agent/learner/network/parameters'] as Float32Array<ArrayBuffer>
  }
  return {
    algo,
    env,
    updates,
    sum: parameters.reduce((sum, p) => sum + p, 0),
    magnitude: parameters.reduce((sum, p) => sum + Math.abs(p), 0),
    sample: [...parameters].filter((_, i) => i % 50 === 0),
  }
}
