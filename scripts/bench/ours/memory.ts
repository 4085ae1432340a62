/** Trains CartPole as `train` does, without its files, and notes after every update what is held. */
import { runConfigSchema } from '../../../src/core/config/schema.js'
import { assemble } from '../../../src/train/parts.js'
import { LEARN, NUM_ENVS, OPTIMIZER, SEED } from '../cleanrl-settings.js'
import { clock, serve } from './serve.js'

export interface MemoryRequest {
  readonly backend: string
  readonly updates: number
}

const MIB = 2 ** 20
const FIRST = 3 // update from which on tensors are counted

await serve(async ({ backend, updates }: MemoryRequest) => {
  const settings = {
    env: 'CartPole-v1',
    numEnvs: NUM_ENVS,
    seed: SEED,
    learn: LEARN,
    optimizer: OPTIMIZER,
    clip: { name: 'loss-feedback' },
  }
  const { agent, memory } = await assemble(runConfigSchema.parse({ ...settings, backend }))
  const tensors = new Set<number>()
  const bytes = new Set<number>()
  const resident: number[] = []
  const elapsed = clock()
  for (let update = 1; update <= updates; update++) {
    await agent.iterate(update / (updates + 1))
    const held = memory()
    if (update >= FIRST) {
      tensors.add(held.tensors)
      bytes.add(held.bytes)
    }
    resident.push(process.memoryUsage.rss() / MIB)
  }
  return { ...elapsed(updates), tensors: [...tensors], bytes: [...bytes], resident }
})
