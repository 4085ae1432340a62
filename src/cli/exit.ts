/** How commands end: 0 done, 1 failed, 2 usage, 130 interrupted, 143 terminated. */
import { EnvError, UnknownEnvError } from '../../envs/errors.js'
import { RunError, UsageError } from '../core/errors.js'

export const EXIT = { done: 0, failed: 1, usage: 2, interrupted: 130, terminated: 143 } as const

/** What to show for an error and how to exit. Errors of ours come without a stack; anything else is our bug and keeps it. */
export function explainError(error: unknown): { readonly message: string; readonly code: number } {
  if (!(error instanceof Error)) return { message: `tau-rl: ${String(error)}`, code: EXIT.failed }
  if (error instanceof UsageError || error instanceof UnknownEnvError || error instanceof RangeError)
    return { message: prefixed(error.message), code: EXIT.usage }
  if (error instanceof RunError || error instanceof EnvError) return { message: prefixed(error.message), code: EXIT.failed }
  return { message: `internal: ${error.stack ?? error.message}`, code: EXIT.failed }
}

const prefixed = (message: string): string => message.replace(/^/gm, 'tau-rl: ')
