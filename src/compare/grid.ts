/**
 * The experiment grid: every clip on every environment with every seed, as runs with stable folder names.
 *
 * A comparison folder holds `runs/<env>__<clip>__<seed>/`, its settings and its reports. Asking for the same comparison again goes on
 * where it stopped: finished runs stay, more seeds or clips are added to them, and a run without a result starts over in a clean folder,
 * its remains moved to `unfinished/`. Nothing is ever deleted here.
 */
import { UsageError } from '../core/errors.js'

export interface RunSpec {
  /** `<env>__<clip>__<seed>`, safe as a file name. */
  readonly name: string
  /** Run folder. */
  readonly folder: string
  readonly env: string
  /** As it was asked for: 'global-norm:tau=0.5'. */
  readonly clip: string
  readonly seed: number
  /** Flags for `train`: everything it needs to know. */
  readonly args: readonly string[]
}

export interface GridOptions {
  /** Comparison folder. */
  readonly folder: string
  readonly envs: readonly string[]
  readonly clips: readonly string[]
  readonly seeds: readonly number[]
  /** Flags of `train` that all runs share: ['--total-steps', '100000']. */
  readonly args?: readonly string[]
}

/** Where the runs of a comparison lie. */
export const runsFolder = (folder: string): string => `${folder}/runs`

/**
 * Seed by seed, so that a comparison cut short holds whole blocks of all clips.
 * @throws UsageError for an empty list, a name given twice, or two clips that would share a folder
 */
export function experimentGrid({ folder, envs, clips, seeds, args = [] }: GridOptions): RunSpec[] {
  noneTwice('environment', envs)
  noneTwice('clip', clips)
  noneTwice('seed', seeds)
  const specs = seeds.flatMap((seed) =>
    envs.flatMap((env) =>
      clips.map((clip) => {
        const name = `${fileName(env)}__${fileName(clip)}__${seed}`
        const runFolder = `${runsFolder(folder)}/${name}`
        const own = ['--env', env, '--clip', clip, '--seed', String(seed), '--run-dir', runFolder]
        return { name, folder: runFolder, env, clip, seed, args: [...args, ...own] }
      }),
    ),
  )
  refuseSharedFolders(specs)
  return specs
}

/**
 * Seeds as people write them: '5' is 1 … 5; '3,7,9' these three; '11..20' from 11 to 20; parts may be mixed with commas. A single number
 * is a count, a list holds seeds.
 * @throws UsageError for anything else
 */
export function readSeeds(text: string): number[] {
  const wrong = () => new UsageError(`seeds must be a count ("5"), a list ("1,2,9") or a range ("11..20"), got "${text}"`)
  if (/^\d+$/.test(text)) {
    const count = Number(text)
    if (count < 1 || count > MOST_SEEDS) throw wrong()
    return range(1, count)
  }
  const seeds = text.split(',').flatMap((part) => {
    const match = /^(\d+)(?:\.\.(\d+))?$/.exec(part.trim())
    if (match === null) throw wrong()
    const from = Number(match[1])
    const to = Number(match[2] ?? match[1])
    if (to < from || to - from >= MOST_SEEDS || to > 2 ** 32 - 1) throw wrong()
    return range(from, to)
  })
  noneTwice('seed', seeds)
  return seeds
}

/**
 * Clips as people write them, separated by commas: 'none,percentile:p=90,window=500,agc' is three. A part 'key=value' belongs to the clip
 * before it.
 * @throws UsageError when a part is empty or an option has no clip before it
 */
export function readClips(text: string): string[] {
  const clips: string[] = []
  for (const part of text.split(',').map((piece) => piece.trim())) {
    const isOption = /^[^:]*=/.test(part)
    if (part === '' || (isOption && !clips.at(-1)?.includes(':'))) {
      throw new UsageError(`clips must be names with options, "none,percentile:p=90,window=500", got "${text}"`)
    }
    if (isOption) clips[clips.length - 1] += `,${part}`
    else clips.push(part)
  }
  noneTwice('clip', clips)
  return clips
}

const MOST_SEEDS = 10_000

const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i)

/** ':' and ',' separate a clip's options and are no letters of a file name on every system: they become '+'. Anything else odd becomes '-'. */
const fileName = (text: string): string => text.replace(/[:,]/g, '+').replace(/[^A-Za-z0-9.=+_-]/g, '-')

function noneTwice(what: string, names: readonly (string | number)[]): void {
  if (names.length === 0) throw new UsageError(`compare needs at least one ${what}`)
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined) throw new UsageError(`compare: ${what} "${twice}" is given twice`)
}

/** Compared without case: some file systems do not tell CartPole from cartpole. */
function refuseSharedFolders(specs: readonly RunSpec[]): void {
  const owner = new Map<string, RunSpec>()
  for (const spec of specs) {
    const key = spec.name.toLowerCase()
    const other = owner.get(key)
    if (other !== undefined) {
      throw new UsageError(
        `compare: "${other.env} ${other.clip}" and "${spec.env} ${spec.clip}" would share the folder ${spec.folder}; rename one`,
      )
    }
    owner.set(key, spec)
  }
}
