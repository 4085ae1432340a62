/** The command line: `tau-rl train …`, `npm run train -- …`. Returns the exit code and never throws. */
import { Command, CommanderError } from 'commander'
import { registeredIds } from '../../envs/registry.js'
import { EXIT, explainError } from './exit.js'
import type { AddCommand, Terminal } from './terminal.js'
import { packageVersion } from './version.js'

/** Imported when they are wanted: all of them together take as long as a thousand updates of a small network. */
const COMMANDS: Readonly<Record<string, () => Promise<AddCommand>>> = {
  train: async () => (await import('./train.js')).addTrain,
  eval: async () => (await import('./eval.js')).addEval,
  compare: async () => (await import('./compare.js')).addCompare,
  replay: async () => (await import('./replay.js')).addReplay,
  export: async () => (await import('./export.js')).addExport,
  envs: async () => (await import('./lists.js')).addEnvs,
  'check-env': async () => (await import('./check-env.js')).addCheckEnv,
  clips: async () => (await import('./lists.js')).addClips,
  doctor: async () => (await import('./lists.js')).addDoctor,
  'install-native': async () => (await import('./install-native.js')).addInstallNative,
}

/** @param argv arguments after the program's name */
export async function runCli(argv: readonly string[], terminal: Terminal): Promise<number> {
  let code: number = EXIT.done
  const program = new Command('tau-rl')
    .description('Reinforcement learning that shows what the gradients did.')
    .version(packageVersion())
    .showSuggestionAfterError()
    .configureOutput({
      writeOut: (text) => terminal.stdout.write(text),
      writeErr: (text) => terminal.stderr.write(text),
      outputError: (text, write) => write(text.replace(/^error: /, 'tau-rl: ')),
    })
    .exitOverride()
  if (!trainsKnown(argv)) await import('../../envs/box2d/index.js') // registers its environments
  for (const add of await commandsFor(argv)) {
    add(program, terminal, (result) => {
      code = result
    })
  }
  try {
    await program.parseAsync(argv, { from: 'user' })
    return code
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage
    const { message, code: failure } = explainError(error)
    terminal.stderr.write(`${message}\n`)
    return failure
  }
}

/** The command that is called by name; all of them where help or a suggestion may be wanted. */
function commandsFor([name = '']: readonly string[]): Promise<AddCommand[]> {
  const one = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  return Promise.all((one ? [one] : Object.values(COMMANDS)).map((load) => load()))
}

/** Whether this trains in an environment that is there without Box2D's, whose engine takes a while to load. In doubt not. */
function trainsKnown(argv: readonly string[]): boolean {
  const once = argv.filter((word) => word.startsWith('--env')).length === 1
  const named = argv[argv.indexOf('--env') + 1]
  return argv[0] === 'train' && once && registeredIds().some((id) => id === named || id.replace(/-v\d+$/, '') === named)
}
