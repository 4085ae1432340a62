/** Learning gates: whole runs with a preset's own settings, judged by the mean return of their last 100 training episodes. */
import { expect } from 'vitest'
import { type ConfigLayer, resolveConfig } from '../../../src/core/config/layers.js'
import type { RunConfigInput } from '../../../src/core/config/schema.js'
import type { JsonObject } from '../../../src/core/json.js'
import { presetLayer } from '../../../src/train/presets.js'
import { train } from '../../../src/train/run.js'

export interface Gate {
  readonly algo: 'ppo' | 'a2c'
  readonly env: string
  /** Default: tuned. */
  readonly preset?: string
  /** Laid over the preset. */
  readonly changes?: Partial<RunConfigInput>
}

/** Mean return of the last 100 training episodes of one run. */
export async function finalReturn({ algo, env, preset = 'tuned', changes = {} }: Gate, seed: number): Promise<number> {
  const own: ConfigLayer = { value: { ...changes, algo, env, seed } as JsonObject, locate: () => 'gate' }
  const run = train(resolveConfig([presetLayer(preset, algo, env), own]), { clock: () => 0 })
  for (;;) {
    const { done, value } = await run.next()
    if (done) return value.meanReturn100!
  }
}

/** Runs seeds 1 … 5 and prints what each reached. */
export async function fiveSeeds(gate: Gate): Promise<number[]> {
  const returns: number[] = []
  for (const seed of [1, 2, 3, 4, 5]) returns.push(await finalReturn(gate, seed))
  console.info(
    `${gate.algo} ${gate.env} ${JSON.stringify(gate.changes?.clip ?? 'default clip')}: ${returns.map((r) => r.toFixed(1)).join(', ')}`,
  )
  return returns
}

/** At least `count` of the runs reached `goal`. */
export function expectReached(returns: readonly number[], goal: number, count: number): void {
  expect(returns.filter((value) => value >= goal).length, `final returns: ${returns.join(', ')}`).toBeGreaterThanOrEqual(count)
}
