/** One training of the study, in this process, measured from its events; nothing is written. */
import { parsePlan } from '../../src/clip/registry.js'
import { type EpisodeScore, measureRun } from '../../src/compare/measure.js'
import type { RunRow } from '../../src/compare/summary.js'
import { resolveConfig } from '../../src/core/config/layers.js'
import type { RunConfig } from '../../src/core/config/schema.js'
import { pathLayer, setLayer } from '../../src/core/config/text.js'
import { RunError } from '../../src/core/errors.js'
import type { Metrics, RunResult } from '../../src/core/events.js'
import { presetLayer } from '../../src/train/presets.js'
import { train } from '../../src/train/run.js'
import { settingNamed, type Trial, trialKey } from './plan.js'
import { worldAround } from './worlds.js'

/** @param steps instead of the setting's own */
export function trialConfig({ setting, clip, seed }: Trial, steps?: number): RunConfig {
  const { algo, env, steps: own } = settingNamed(setting)
  const [rule = '', ...settings] = clip.split(' ')
  const config = (path: readonly string[], value: Parameters<typeof pathLayer>[1]) => pathLayer(path, value, 'study')
  return resolveConfig([
    presetLayer('tuned', algo, env),
    config(['algo'], algo),
    config(['env'], env),
    config(['clip'], parsePlan(rule) as Parameters<typeof pathLayer>[1]),
    config(['seed'], seed),
    config(['totalSteps'], steps ?? own),
    config(['vectorization'], 'arrays'),
    config(['evaluation', 'episodes'], 1),
    config(['checkpointEvery'], 0),
    ...settings.map(setLayer),
  ])
}

/**
 * Trains; a run whose training fails, as when gradients stop being finite, is a row that says so.
 * @param clock seconds from any fixed moment
 */
export async function runTrial(trial: Trial, clock: () => number, steps?: number): Promise<RunRow> {
  const row = { name: trialKey(trial), env: trial.setting, clip: trial.clip, seed: trial.seed, lastWords: [] }
  const episodes: EpisodeScore[] = []
  const metrics: Metrics[] = []
  let result: RunResult | null = null
  try {
    const around = worldAround(settingNamed(trial.setting).world, trial.seed)
    for await (const event of train(trialConfig(trial, steps), { clock, around })) {
      if (event.kind === 'episode') episodes.push(event)
      if (event.kind === 'update') metrics.push(event.metrics)
      if (event.kind === 'run-ended') result = event.result
    }
  } catch (error) {
    if (!(error instanceof RunError)) throw error
    return { ...row, measures: null, failure: error.message }
  }
  return { ...row, measures: measureRun({ result: result!, episodes, metrics }, null), failure: null }
}
