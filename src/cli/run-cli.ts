/** The command line: `tau-rl train …`, `npm run train -- …`. Returns the exit code and never throws. */
import '../../envs/box2d/index.js' // registers its environments; they need planck only when one is made
import { Command, CommanderError } from 'commander'
import { addCheckEnv } from './check-env.js'
import { addCompare } from './compare.js'
import { addEval } from './eval.js'
import { EXIT, explainError } from './exit.js'
import { addExport } from './export.js'
import { addInstallNative } from './install-native.js'
import { addClips, addDoctor, addEnvs } from './lists.js'
import { addReplay } from './replay.js'
import type { Terminal } from './terminal.js'
import { addTrain } from './train.js'
import { packageVersion } from './version.js'

const COMMANDS = [addTrain, addEval, addCompare, addReplay, addExport, addEnvs, addCheckEnv, addClips, addDoctor, addInstallNative]

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
  for (const add of COMMANDS) {
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
