/** Where a command reads and writes: the process, or what a test puts in its place. */
import type { Command } from 'commander'
import { UsageError } from '../core/errors.js'

export interface Terminal {
  readonly stdout: NodeJS.WriteStream
  readonly stderr: NodeJS.WriteStream
  readonly stdin: NodeJS.ReadStream
  readonly env: NodeJS.ProcessEnv
}

/** Puts one command into the program; `done` takes its exit code. */
export type AddCommand = (program: Command, terminal: Terminal, done: (code: number) => void) => void

/**
 * npm keeps flags that come before its own `--`: `npm run train --env CartPole` reaches us as the lone word CartPole.
 * @throws UsageError that says so
 */
export function refuseSurplus(command: string, surplus: readonly string[], env: NodeJS.ProcessEnv): void {
  const word = surplus[0]
  if (word === undefined) return
  const viaNpm = env['npm_lifecycle_event'] !== undefined
  const flag = FLAGS.find((name) => env[`npm_config_${name}`] !== undefined)
  const remedy = viaNpm
    ? ` Did you forget "--"? npm passes flags on only after it: npm run ${command} -- ${flag ? `--${flag}` : '--env'} ${surplus.join(' ')}`
    : ` Did you mean --env ${word}?`
  throw new UsageError(`${command}: there is nothing that "${word}" could be.${remedy}`)
}

const FLAGS = ['env', 'algo', 'seed', 'clip', 'preset']

/** How the person at hand starts `command`: through npm in a clone, by name when installed. */
export function invocation(command: string, env: NodeJS.ProcessEnv): string {
  return env['npm_lifecycle_event'] === command ? `npm run ${command} --` : `tau-rl ${command}`
}
