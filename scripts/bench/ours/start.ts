/** Starts our own programs, and says which of them there are: one that keeps to one core, and one that works as `train` does by default. */
import { fileURLToPath } from 'node:url'
import { runConfigSchema } from '../../../src/core/config/schema.js'
import { type Program, startProgram } from '../program.js'

/** What a request says of threads: 1 keeps to one core. */
export type Threads = 1 | 'auto'

/** Whether a run can be told how many threads it may use; where it cannot, it uses one. */
export const HAS_THREADS = 'threads' in runConfigSchema.shape

/** Ours by name. Where a run has one thread anyway, both names stand for the same variant. */
export const OURS = HAS_THREADS ? { one: 'ours, one core', two: 'ours, two cores' } : { one: 'ours', two: 'ours' }

/** The variants that are worth measuring apart. */
export const OUR_THREADS: Readonly<Record<string, Threads>> = HAS_THREADS ? { [OURS.one]: 1, [OURS.two]: 'auto' } : { [OURS.one]: 1 }

/** What a reader of the ratios must know, where a run has one thread. */
export const ONE_THREAD: readonly string[] = HAS_THREADS ? [] : ['a run uses one thread: "two cores" is the same run, by its wall time']

/** The threads of a run, for its configuration. */
export const threadSettings = (threads: Threads): object => (HAS_THREADS ? { threads } : {})

export type OurProgram = 'training.ts' | 'update.ts' | 'optim.ts' | 'memory.ts' | 'env-steps.ts'

/** @param script of this folder */
export const startOurs = (script: OurProgram): Promise<Program> =>
  startProgram(process.execPath, ['--import', 'tsx', fileURLToPath(new URL(script, import.meta.url))])
