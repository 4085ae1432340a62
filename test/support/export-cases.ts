/** Small agents that have learnt for a moment, one for every kind of action: what they do, and the policy that is exported of them. */

import { actionAdapter } from '../../agents/rollout/actions.js'
import { observationEncoder } from '../../agents/rollout/observations.js'
import type { Bundle } from '../../src/core/bundle.js'
import { type RunConfigInput, runConfigSchema } from '../../src/core/config/schema.js'
import type { Json } from '../../src/core/json.js'
import { stream } from '../../src/core/random.js'
import { describePolicy, type PolicyExport } from '../../src/export/policy.js'
import { actingOf, assemble, makeEnvironments } from '../../src/train/parts.js'
import { loadPolicy } from '../../src/train/policy.js'
import { initialProgress, takeSnapshot } from '../../src/train/snapshot.js'

export interface ExportCase {
  readonly name: string
  readonly policy: PolicyExport
  readonly answers: Answers
}

/** What the agent itself does with some observations. */
export interface Answers {
  readonly rows: number
  /** [rows, D] encoded, not normalised. */
  readonly observations: Float32Array
  /** [rows, logits]; null without masks. */
  readonly masks: Uint8Array | null
  /** [rows, A] greedy, as the environment takes them. */
  readonly actions: readonly number[]
  /** [rows] */
  readonly values: readonly number[]
  /** [rows] of the greedy action. */
  readonly logProbs: readonly number[]
}

const CASES: Readonly<Record<string, Omit<RunConfigInput, 'algo'>>> = {
  discrete: { env: 'CartPole-v1', normalize: { observations: true } },
  masked: { env: 'Taxi-v4', network: { hidden: [16], activation: 'relu' } },
  'multi-discrete': { env: 'teaching/IdentityMultiDiscrete-v0', network: { hidden: [8, 8], activation: 'elu' } },
  'multi-binary': { env: 'teaching/IdentityMultiBinary-v0', network: { hidden: [] } },
  box: { env: 'Pendulum-v1', network: { hidden: [16, 16] }, normalize: { observations: true, clipObservations: 1.5 } },
  squashed: { env: 'Pendulum-v1', network: { hidden: [16, 16], squash: true } },
}

export const exportCaseNames: readonly string[] = Object.keys(CASES)

export async function exportCase(name: string): Promise<ExportCase> {
  const config = runConfigSchema.parse({
    ...CASES[name],
    numEnvs: 4,
    backend: 'cpu',
    learn: { rolloutSteps: 64, minibatchSize: 64, epochs: 2, learningRate: 0.01 },
  } as Json)
  const parts = await assemble(config)
  await parts.agent.iterate(0)
  const snapshot = takeSnapshot(parts, initialProgress())
  parts.dispose()
  spread(snapshot)
  const venv = makeEnvironments(config, 1)
  const policy = describePolicy(config, venv, snapshot, 256)
  const loaded = await loadPolicy(config, venv, snapshot)
  const rows = 32
  const seen = observed(venv, rows)
  const masks = policy.actions.kind === 'choices' && policy.actions.masked ? someMasks(rows, policy.actions.sizes) : null
  const adapter = actionAdapter(venv.actionSpace, actingOf(config))
  const { actions, values, logProbs } = loaded.act(seen, rows, 'greedy', masks ?? undefined)
  const starts = policy.actions.kind === 'choices' ? policy.actions.starts : []
  const answers: Answers = {
    rows,
    observations: seen.slice(),
    masks,
    actions: Array.from(adapter.toEnv(actions, rows), (action, i) => action + (starts[i % starts.length] ?? 0)),
    values: Array.from(values),
    logProbs: Array.from(logProbs),
  }
  loaded.dispose()
  venv.close()
  return { name, policy, answers }
}

/** Weights far from their first values, so that actions differ, and some lie beyond their bounds. */
function spread({ arrays }: Bundle): void {
  const random = stream(6, 'weights')
  const weights = arrays['agent/learner/network/parameters'] as Float32Array
  for (let i = 0; i < weights.length; i++) weights[i]! += 0.6 * random.normal()
}

/** Observations of random actions, encoded. */
function observed(venv: ReturnType<typeof makeEnvironments>, rows: number): Float32Array {
  const encoder = observationEncoder(venv.observationSpace)
  const out = new Float32Array(rows * encoder.size)
  const adapter = actionAdapter(venv.actionSpace)
  const { choices } = adapter.distribution
  const random = stream(3, 'observed')
  let row = venv.reset({ seed: 5 })
  for (let i = 0; i < rows; i++) {
    out.set(encoder.encode(row, 1), i * encoder.size)
    const action = Float32Array.from({ length: adapter.size }, (_, k) => (choices ? random.below(choices[k]!) : random.normal()))
    row = venv.step(action).observations
  }
  return out
}

function someMasks(rows: number, sizes: readonly number[]): Uint8Array {
  const random = stream(4, 'masks')
  return Uint8Array.from(
    Array.from({ length: rows }, () =>
      sizes.flatMap((n) => {
        const certain = random.below(n)
        return Array.from({ length: n }, (_, k) => (k === certain ? 1 : random.below(2)))
      }),
    ).flat(),
  )
}
