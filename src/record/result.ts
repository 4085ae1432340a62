/** `result.json`: how a run ended, in numbers. */
import { z } from 'zod'
import type { RunResult } from '../core/events.js'
import { writeAtomically } from './atomic-file.js'
import { type Disk, nodeDisk } from './disk.js'
import type { RunFolder } from './run-folder.js'
import { conform, parseJson, readText } from './strict-json.js'

const resultSchema = z.object({
  status: z.enum(['done', 'solved', 'interrupted', 'failed']),
  steps: z.number(),
  updates: z.number(),
  episodes: z.number(),
  seconds: z.number(),
  stepsPerSecond: z.number().nullable(),
  meanReturn100: z.number().nullable(),
  evalReturnMean: z.number().nullable(),
  evalReturnStd: z.number().nullable(),
  backend: z.string(),
  clip: z.string(),
  seed: z.number(),
}) satisfies z.ZodType<RunResult>

/** @throws FileError */
export function writeResult(path: string, result: RunResult, disk: Disk = nodeDisk): void {
  writeAtomically(path, `${JSON.stringify(result, null, 2)}\n`, disk)
}

/** @throws FileError; RunError when the file is not a result */
export function readResult(folder: Pick<RunFolder, 'files'>): RunResult {
  const path = folder.files.result
  return conform(resultSchema, parseJson(readText(path), path), path)
}
