/** Failures on their way out of a worker: written down there, and errors again here. */
import { EnvError, EnvOptionError, FailedEnvError, NonFiniteError, ResetNeededError, UnknownEnvError } from '../errors.js'
import { asError, failedEnv, failuresIn } from './failures.js'
import type { Failure } from './worker-memory.js'

/** Errors that say the same in any thread. */
const KNOWN: Readonly<Record<string, new (message: string) => Error>> = {
  EnvError,
  EnvOptionError,
  RangeError,
  ResetNeededError,
  TypeError,
  UnknownEnvError,
}

/** Everything that an error tells of, one for each environment that failed. */
export function writtenDown(error: unknown): readonly Failure[] {
  return failuresIn(error).map((one) => {
    const { name, message, stack = '' } = one instanceof FailedEnvError ? one.cause : asError(one)
    return {
      name,
      message,
      stack,
      at:
        one instanceof FailedEnvError
          ? { env: one.env, seed: one.seed, episode: one.episode, step: one.step, method: one.method, action: one.action }
          : null,
      nonFinite: one instanceof NonFiniteError ? { env: one.env, step: one.step, field: one.field } : null,
    }
  })
}

/** @param name what messages call the vector environment */
export function readAgain(name: string, failure: Failure): Error {
  const { at, nonFinite, message } = failure
  if (nonFinite !== null) return new NonFiniteError(message, nonFinite)
  if (at !== null) return failedEnv(name, at, original(failure))
  const Known = KNOWN[failure.name]
  if (Known === undefined) return original(failure)
  const error = new Known(message)
  error.cause = original(failure)
  return error
}

/** An error with the name, message and stack of the one that was thrown. */
function original({ name, message, stack }: Failure): Error {
  return Object.assign(new Error(message), { name, stack })
}
