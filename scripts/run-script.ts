/** Starts one command of the command line with the arguments that npm passed on. */
import { runCli } from '../src/cli/run-cli.js'

export async function runScript(command: string): Promise<void> {
  process.exitCode = await runCli([command, ...process.argv.slice(2)], process)
}
