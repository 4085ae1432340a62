/** `eval`: how well a saved policy does, with greedy actions, on episodes that training never saw. */
import type { RunConfig } from '../core/config/schema.js'
import { findCheckpoint } from '../record/checkpoint-file.js'
import { readConfig } from '../record/run-config.js'
import { findRun } from '../record/run-folder.js'
import { loadEnvFile } from '../train/env-modules.js'
import { type Evaluation, evaluate, evaluationMetrics, evaluationSeed } from '../train/evaluate.js'
import { makeEnvironments } from '../train/parts.js'
import { loadPolicy } from '../train/policy.js'
import { EXIT } from './exit.js'
import { positiveNumber, wholeNumber } from './options.js'
import { type AddCommand, refuseSurplus, type Terminal } from './terminal.js'

interface EvalFlags {
  readonly run: string
  readonly runsDir: string
  readonly checkpoint: string
  readonly episodes: number
  readonly seed?: number
  readonly json?: boolean
}

export const addEval: AddCommand = (program, terminal, done) => {
  program
    .command('eval')
    .description('evaluate a saved policy')
    .argument('[run]', 'latest, the name of a run, or its folder', 'latest')
    .argument('[surplus...]')
    .usage('[run] [options]')
    .option('--run <run>', 'the same as the argument')
    .option('--runs-dir <folder>', 'where runs are', 'runs')
    .option('--checkpoint <name>', 'latest, best, final, or the name of a file', 'latest')
    .option('--episodes <n>', 'episodes, each with a seed of its own', positiveNumber, 100)
    .option('--seed <n>', 'seed of the first episode; the others follow (default: far from those of training)', wholeNumber)
    .option('--json', 'every return, as JSON')
    .action(async (run: string, surplus: string[], flags: EvalFlags) => {
      refuseSurplus('eval', surplus, terminal.env)
      await evalCommand({ ...flags, run: flags.run ?? run }, terminal)
      done(EXIT.done)
    })
}

async function evalCommand(flags: EvalFlags, { stdout, stderr }: Terminal): Promise<void> {
  const folder = findRun(flags.runsDir, flags.run)
  const config: RunConfig = readConfig(folder)
  if (config.envFile !== null) await loadEnvFile(config.envFile)
  const { checkpoint, warnings } = findCheckpoint(folder, flags.checkpoint)
  for (const warning of warnings) stderr.write(`tau-rl: passed over: ${warning}\n`)
  const venv = makeEnvironments(config, flags.episodes)
  const policy = await loadPolicy(config, venv, checkpoint.snapshot)
  const evaluation = evaluate(policy, venv, flags.seed ?? evaluationSeed(config.seed))
  policy.dispose()
  venv.close()
  const about = { run: folder.name, env: config.env, step: checkpoint.step }
  stdout.write(flags.json ? `${JSON.stringify({ ...about, ...evaluation })}\n` : sentence(about, evaluation))
}

function sentence({ run, env, step }: { run: string; env: string; step: number }, evaluation: Evaluation): string {
  const { returns } = evaluation
  const metrics = evaluationMetrics(evaluation)
  const show = (value: number | null | undefined) => (value ?? Number.NaN).toFixed(2)
  return (
    `${run}, step ${step}: ${returns.length} episodes of ${env}, greedy actions\n` +
    `return ${show(metrics['eval/mean_reward'])} ± ${show(metrics['eval/std_reward'])} (mean ± sd), ` +
    `lowest ${show(Math.min(...returns))}, highest ${show(Math.max(...returns))}, length ${show(metrics['eval/mean_ep_length'])}\n`
  )
}
