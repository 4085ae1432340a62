/**
 * What fails in a vector environment, told the same way whatever steps it: which environment, how to get there again, and what it threw.
 * One environment that fails does not keep the others from their step, so several may fail in one call; the first is thrown and names the others.
 */
import { type EnvError, EnvOptionError, FailedEnvError, type FailurePlace, NonFiniteError } from '../errors.js'
import type { Json } from '../json.js'

const NAMED = 4 // failures beside the first that a message spells out

/** Where each of N environments stands. */
export interface Whereabouts {
  /** Steps of its episode so far; the vector environment counts them. */
  readonly steps: Float64Array
  /** Seed, and episodes since, of the environment that messages call `env`: 'seed 7, episode 2'. */
  tell(env: number): string
  /** An episode begins. @param seed undefined: the running stream goes on */
  begin(i: number, seed: number | undefined): void
  /** Its state comes from elsewhere. */
  load(i: number, steps: number): void
  /** The error for what environment i threw; wrong options of a reset are the caller's, and stay as they are. @param action of a step */
  failure(i: number, method: string, thrown: unknown, action?: unknown): unknown
}

/** @param first what messages call environment 0 */
export function whereabouts(name: string, numEnvs: number, first = 0): Whereabouts {
  const steps = new Float64Array(numEnvs)
  const seeds = new Array<number | null>(numEnvs).fill(null)
  const episodes = new Float64Array(numEnvs)
  return {
    steps,
    tell: (env) => origin(seeds[env - first]!, episodes[env - first]!),
    begin: (i, seed) => {
      steps[i] = 0
      if (seed === undefined) episodes[i]!++
      else {
        seeds[i] = seed
        episodes[i] = 1
      }
    },
    load: (i, count) => {
      steps[i] = count
      seeds[i] = null
      episodes[i] = 1
    },
    failure: (i, method, thrown, action) => {
      if (thrown instanceof EnvOptionError && method === 'reset') return thrown
      const place = { env: first + i, seed: seeds[i]!, episode: episodes[i]!, step: steps[i]!, method, action: plain(action) }
      return failedEnv(name, place, asError(thrown))
    },
  }
}

export function failedEnv(name: string, place: FailurePlace, cause: Error): FailedEnvError {
  return new FailedEnvError(`${name}.${place.method}: ${told(place, cause)}`, place, cause)
}

/**
 * Throws what went wrong in one call, if anything did: the failure of the first environment, which names the others.
 * What is no failure of an environment, like a wrong option, goes before all.
 */
export function throwTogether(errors: readonly unknown[]): void {
  if (errors.length === 0) return
  const failures = errors.filter(isFailure).sort((a, b) => a.env - b.env)
  if (failures.length < errors.length) throw errors.find((error) => !isFailure(error))
  const [first, ...also] = failures as [Failed, ...Failed[]]
  if (also.length === 0) throw first
  const message = first.message + alsoText(also)
  if (first instanceof NonFiniteError) throw new NonFiniteError(message, first, also)
  throw new FailedEnvError(message, first, first.cause, also)
}

/** Every failure that an error tells of, each as it was before they were put together. */
export function failuresIn(error: unknown): readonly unknown[] {
  if (!isFailure(error) || error.also.length === 0) return [error]
  const message = error.message.slice(0, -alsoText(error.also).length)
  const first = error instanceof NonFiniteError ? new NonFiniteError(message, error) : new FailedEnvError(message, error, error.cause)
  return [first, ...error.also]
}

type Failed = NonFiniteError | FailedEnvError

const isFailure = (error: unknown): error is Failed => error instanceof NonFiniteError || error instanceof FailedEnvError

function alsoText(also: readonly EnvError[]): string {
  const lines = also.slice(0, NAMED).map((one) => `\nAlso ${one instanceof FailedEnvError ? told(one, one.cause) : one.message}`)
  return lines.join('') + (also.length > NAMED ? `\nand ${also.length - NAMED} more` : '')
}

/** 'environment 3 (seed 45, episode 2, step 12, action [1]) threw TypeError: …' */
function told({ env, seed, episode, step, method, action }: FailurePlace, cause: Error): string {
  const parts = [origin(seed, episode), `step ${step}`, ...(method === 'step' ? [`action ${JSON.stringify(action)}`] : [])]
  return `environment ${env} (${parts.join(', ')}) threw ${cause.name}: ${cause.message}`
}

function origin(seed: number | null, episode: number): string {
  if (episode === 0) return 'never reset'
  return `${seed === null ? 'its state was loaded' : `seed ${seed}`}, episode ${episode}`
}

/** Whatever was thrown, as an error. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : Object.assign(new Error(String(thrown)), { name: typeof thrown })
}

function plain(action: unknown): Json {
  return JSON.parse(
    JSON.stringify(action, (_key, value: unknown) => (ArrayBuffer.isView(value) ? Array.from(value as Float64Array) : value)) ?? 'null',
  )
}
