/** A run that takes a moment: CartPole, eight updates. */
import { resolveConfig } from '../../src/core/config/layers.js'
import type { RunConfig, RunConfigInput } from '../../src/core/config/schema.js'
import type { RunEvent } from '../../src/core/events.js'
import type { JsonObject } from '../../src/core/json.js'
import { type TrainOptions, train } from '../../src/train/run.js'

export function smallConfig(changes: Partial<RunConfigInput> = {}): RunConfig {
  const base: RunConfigInput = {
    env: 'CartPole-v1',
    seed: 5,
    totalSteps: 1024,
    numEnvs: 4,
    network: { hidden: [16, 16] },
    learn: { rolloutSteps: 32, minibatchSize: 64, epochs: 2, learningRate: { from: 0.003, to: 0 } },
    evaluation: { episodes: 3 },
    recordEvery: 10,
  }
  return resolveConfig([{ value: { ...base, ...changes } as JsonObject, locate: () => 'test' }])
}

/** Every event of a run. The clock stands still, so that nothing depends on the machine. */
export async function eventsOf(config: RunConfig, options: Partial<TrainOptions> = {}): Promise<RunEvent[]> {
  const events: RunEvent[] = []
  for await (const event of train(config, { clock: () => 0, ...options })) events.push(event)
  return events
}

export const ofKind = <K extends RunEvent['kind']>(events: readonly RunEvent[], kind: K): Extract<RunEvent, { kind: K }>[] =>
  events.filter((event): event is Extract<RunEvent, { kind: K }> => event.kind === kind)
