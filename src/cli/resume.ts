/** `--resume`: which run goes on, from where, and what may be said anew. */

import { resolveConfig } from '../core/config/layers.js'
import type { RunConfig } from '../core/config/schema.js'
import { setLayer } from '../core/config/text.js'
import { UsageError } from '../core/errors.js'
import type { JsonObject } from '../core/json.js'
import { type Checkpoint, findCheckpoint } from '../record/checkpoint-file.js'
import { readConfig } from '../record/run-config.js'
import { findRun, openRunFolder, type RunFolder } from '../record/run-folder.js'
import { loadEnvFile } from '../train/env-modules.js'
import { namedLayers, type RunFlags } from './options.js'

export interface ResumedRun {
  readonly config: RunConfig
  /** Locked for writing. */
  readonly folder: RunFolder
  readonly checkpoint: Checkpoint
  /** Damaged checkpoints that were passed over. */
  readonly warnings: readonly string[]
}

/** What does not change how the agent learns. */
const CHANGEABLE: readonly string[] = [
  'stopAt',
  'stopReturn',
  'checkpointEvery',
  'evalEvery',
  'evalEpisodes',
  'histograms',
  'vectorization',
  'workers',
  'threads',
]
const FIXED: readonly string[] = [
  'env',
  'algo',
  'preset',
  'seed',
  'totalSteps',
  'numEnvs',
  'network',
  'hidden',
  'activation',
  'clip',
  'clipPer',
  'backend',
  'config',
  'runDir',
]

/** @throws UsageError when there is no such run, it is finished, or a flag would make it another run */
export async function resumedRun(flags: RunFlags): Promise<ResumedRun> {
  const changed = FIXED.filter((key) => flags[key] !== undefined)
  if (changed.length > 0 || (flags['set'] as readonly string[]).length > 0) {
    const names = [...changed, ...((flags['set'] as readonly string[]).length > 0 ? ['set'] : [])].map(flagName)
    throw new UsageError(`--resume goes on with the run as it was configured: leave out ${names.join(', ')}.`)
  }
  const found = findRun(String(flags['runsDir']), String(flags['resume']))
  const { checkpoint, warnings } = findCheckpoint(found)
  const before = readConfig(found)
  if (before.envFile !== null) await loadEnvFile(before.envFile)
  const spent = before.stopAt !== null && before.stopAt <= checkpoint.step ? [setLayer('stopAt=null')] : []
  const layers = namedLayers(flags, CHANGEABLE)
  const config = resolveConfig([{ value: before as unknown as JsonObject, locate: () => found.files.config }, ...spent, ...layers])
  if (checkpoint.step >= Math.min(config.totalSteps, config.stopAt ?? Number.POSITIVE_INFINITY)) {
    throw new UsageError(`${found.name} is finished: it stands at step ${checkpoint.step} of ${config.stopAt ?? config.totalSteps}.`)
  }
  return { config, folder: openRunFolder(found.path, { now: Date.now() }), checkpoint, warnings }
}

const flagName = (key: string): string => `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
