/** `check-env`: does an environment keep the contract? For environments of one's own. */
import { checkEnv, formatFindings } from '../../envs/check-env.js'
import { type EnvOptions, make, resolveId } from '../../envs/registry.js'
import { UsageError } from '../core/errors.js'
import { isEnvFile, loadEnvFile } from '../train/env-modules.js'
import { EXIT } from './exit.js'
import { type AddCommand, refuseSurplus } from './terminal.js'

export const addCheckEnv: AddCommand = (program, { stdout, env: variables }, done) => {
  program
    .command('check-env')
    .description('check that an environment keeps the contract that learners rely on')
    .argument('[surplus...]')
    .usage('--env <id or file>')
    .option('--env <id>', 'environment, or a file of your own: ./my-env.ts')
    .option('--options <json>', 'options of the environment, as JSON', '{}')
    .action(async (surplus: string[], flags: { env?: string; options: string }) => {
      refuseSurplus('check-env', surplus, variables)
      if (flags.env === undefined) throw new UsageError('check-env: --env is required, for example --env ./my-env.ts')
      const id = isEnvFile(flags.env) ? await loadEnvFile(flags.env) : resolveId(flags.env)
      const findings = checkEnv(make(id, readOptions(flags.options)).unwrapped)
      stdout.write(findings.length === 0 ? `${id} keeps the contract.\n` : `${id}:\n${formatFindings(findings)}\n`)
      done(findings.some(({ level }) => level === 'error') ? EXIT.failed : EXIT.done)
    })
}

function readOptions(text: string): EnvOptions {
  try {
    const options: unknown = JSON.parse(text)
    if (typeof options === 'object' && options !== null && !Array.isArray(options)) return options as EnvOptions
  } catch {
    // said below
  }
  throw new UsageError(`check-env: --options must be a JSON object such as '{"g": 9.81}', got ${text}`)
}
