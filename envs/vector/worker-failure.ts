/** Failures that came out of workers, as errors again. */
import { EnvError, EnvOptionError, NonFiniteError, ResetNeededError, UnknownEnvError, WorkerEnvError } from '../errors.js'
import type { Failure, FailurePlace } from './worker-memory.js'

/** Errors that say the same in any thread. */
const KNOWN: Readonly<Record<string, new (message: string) => Error>> = {
  EnvError,
  EnvOptionError,
  RangeError,
  ResetNeededError,
  TypeError,
  UnknownEnvError,
}

/** The error to throw for what failed in one call, at least one failure: that of the first environment; the others are named in it. */
export function failed(name: string, failures: readonly Failure[]): Error {
  const [first, ...others] = [...failures].sort((a, b) => envOf(a) - envOf(b)) as [Failure, ...Failure[]]
  const also = others.filter(({ at, nonFinite }) => at !== null || nonFinite !== null).map((failure) => `\nAlso ${told(failure)}`)
  return errorOf(name, first, also.join(''))
}

function errorOf(name: string, failure: Failure, also: string): Error {
  const { at, nonFinite, message } = failure
  if (nonFinite !== null) return new NonFiniteError(message + also, nonFinite)
  if (at !== null) return new WorkerEnvError(`${name}.${at.method}: ${told(failure)}${also}`, at, original(failure))
  const Known = KNOWN[failure.name]
  if (Known === undefined) return original(failure)
  const error = new Known(message)
  error.cause = original(failure)
  return error
}

/** 'environment 3 (seed 45, episode 2, step 12, action [1]) threw TypeError: …' */
function told({ at, name, message }: Failure): string {
  return at === null ? message : `environment ${at.env} (${place(at)}) threw ${name}: ${message}`
}

function place({ seed, episode, step, method, action }: FailurePlace): string {
  const parts = [seed === null ? 'its state was loaded' : `seed ${seed}`, `episode ${episode}`, `step ${step}`]
  return [...parts, ...(method === 'step' ? [`action ${JSON.stringify(action)}`] : [])].join(', ')
}

/** An error with the name, message and stack of the one that was thrown. */
function original({ name, message, stack }: Failure): Error {
  return Object.assign(new Error(message), { name, stack })
}

const envOf = ({ at, nonFinite }: Failure) => at?.env ?? nonFinite?.env ?? Infinity
