/** `train`: one run, from its flags to its folder. */
import { resolve } from 'node:path'
import { type Command, Option } from 'commander'
import type { RunConfig } from '../core/config/schema.js'
import { RunError, UsageError } from '../core/errors.js'
import type { RunEvent, RunResult } from '../core/events.js'
import type { LogFormat } from '../dashboard/plain-log.js'
import { findCheckpoint } from '../record/checkpoint-file.js'
import { readEvents } from '../record/readers.js'
import { createRunFolder, type RunFolder } from '../record/run-folder.js'
import { type RunSinks, runSinks } from '../record/sinks/run-sinks.js'
import { assemble, type RunParts } from '../train/parts.js'
import { type TrainOptions, trainParts } from '../train/run.js'
import { criticCrew } from './critic-crew.js'
import { EXIT } from './exit.js'
import { type Interrupt, interruptible } from './interrupt.js'
import { addRunFlags, configFromFlags, type RunFlags } from './options.js'
import { type ResumedRun, resumedRun } from './resume.js'
import { openScreen, type Screen } from './screen.js'
import { type AddCommand, invocation, refuseSurplus, type Terminal } from './terminal.js'
import { packageVersions } from './version.js'
import { workerKit } from './worker-kit.js'

export const addTrain: AddCommand = (program, terminal, done) => {
  addRunFlags(program.command('train'))
    .description('train an agent and leave a run folder')
    .argument('[surplus...]')
    .option('--run-dir <folder>', 'exactly this run folder; it must be new or empty')
    .option('--runs-dir <folder>', 'where run folders are made', 'runs')
    .option('--resume <run>', 'go on with a run that was stopped: latest, its name, or its folder')
    .option('--no-tui', 'plain text instead of the dashboard')
    .addOption(new Option('--log-format <format>', 'plain text, as').choices(['table', 'line', 'json']))
    .option('--quiet', 'only the result')
    .usage('[options]')
    .addHelpText('after', EXAMPLES)
    .action(async (surplus: string[], flags: RunFlags, command: Command) => {
      refuseSurplus('train', surplus, terminal.env)
      done(await trainCommand(flags, command, terminal))
    })
}

const EXAMPLES = `
Examples:
  npm run train -- --env CartPole
  npm run train -- --env CartPole --clip global-norm:tau=0.5 --seed 3
  npm run train -- --env Pendulum --record-every 50 --set learn.gamma=0.95
  npm run train -- --resume latest`

async function trainCommand(flags: RunFlags, command: Command, terminal: Terminal): Promise<number> {
  const resumed = flags['resume'] === undefined ? null : await resumedRun(flags)
  const config = resumed?.config ?? (await configFromFlags(flags))
  const parts = await assemble(config, { workers: workerKit(config), crew: criticCrew() }) // refuses what cannot be run, before there is a folder
  try {
    return await runCommand({ parts, config, resumed, flags, command, terminal })
  } finally {
    parts.dispose()
  }
}

interface Invocation {
  readonly parts: RunParts
  readonly config: RunConfig
  readonly resumed: ResumedRun | null
  readonly flags: RunFlags
  readonly command: Command
  readonly terminal: Terminal
}

async function runCommand({ parts, config, resumed, flags, command, terminal }: Invocation): Promise<number> {
  const folder = resumed?.folder ?? newFolder(config, flags)
  const notes = [...(resumed?.warnings ?? [])]
  const sinks = runSinks(folder, {
    config,
    argv: [command.name(), ...(command.parent?.args.slice(1) ?? [])],
    versions: packageVersions(),
    now: Date.now,
    warn: (message) => notes.push(message),
    ...(resumed && { resume: resumed.checkpoint }),
  })
  let screen: Screen | null = null
  const interrupt = interruptible(() => screen?.stop())
  try {
    const { tui, logFormat, quiet } = flags as { tui: boolean; logFormat?: LogFormat; quiet?: boolean }
    const about = { runName: folder.name, folder: folder.path }
    screen = await openScreen({ terminal, interrupt, tui, format: logFormat, quiet: quiet === true, ...about })
    const resume = resumed ? { resume: resumed.checkpoint.snapshot } : {}
    const before = resumed ? readEvents(folder).filter(({ kind }) => kind !== 'run-started' && kind !== 'run-ended') : []
    const result = await follow(parts, config, resume, { sinks, screen, interrupt, notes, before })
    await sinks.close()
    screen.stop()
    return ending(result, { folder, sinks, interrupt, terminal })
  } catch (error) {
    sinks.fail(error instanceof Error ? error.message : String(error))
    throw error instanceof RunError ? new RunError(`${error.message}\n${whatRemains(folder, terminal)}`) : error
  } finally {
    await sinks.close()
    screen?.stop()
    interrupt.release()
  }
}

function newFolder({ env, algo, seed }: RunConfig, flags: RunFlags): RunFolder {
  const place = flags['runDir'] === undefined ? { runsDir: String(flags['runsDir']) } : { runDir: String(flags['runDir']) }
  return createRunFolder({ ...place, env, algo, seed, now: Date.now() })
}

interface Followers {
  readonly sinks: RunSinks
  readonly screen: Screen
  readonly interrupt: Interrupt
  /** What went wrong beside the run since the last event, for the person who watches. */
  readonly notes: string[]
  /** What happened before this process went on with the run. */
  readonly before: readonly RunEvent[]
}

/** Hands every event to the folder first, then to the screen. */
async function follow(
  parts: RunParts,
  config: RunConfig,
  resume: Pick<TrainOptions, 'resume'>,
  { sinks, screen, interrupt, notes, before }: Followers,
): Promise<RunResult> {
  const events = trainParts(parts, config, {
    ...resume,
    clock: () => performance.now() / 1000,
    control: interrupt.control,
    wantsPreview: () => screen.preview,
  })
  for (;;) {
    const next = await events.next()
    if (next.done) return next.value
    await sinks.handle(next.value)
    screen.handle(next.value)
    if (next.value.kind === 'run-started') before.forEach(screen.recall)
    for (const message of notes.splice(0)) screen.handle({ kind: 'warning', step: next.value.step, message })
  }
}

function ending(
  result: RunResult,
  { folder, sinks, interrupt, terminal }: { folder: RunFolder; sinks: RunSinks; interrupt: Interrupt; terminal: Terminal },
): number {
  const failures = sinks.failures()
  for (const failure of failures) terminal.stderr.write(`tau-rl: ${failure}\n`)
  if (result.status === 'interrupted' && interrupt.by() !== 'pipe') {
    terminal.stderr.write(
      `Stopped at step ${result.steps} and saved. Go on with: ${invocation('train', terminal.env)} --resume ${resumeName(folder)}\n`,
    )
  }
  if (failures.length > 0) return EXIT.failed
  if (interrupt.by() === 'SIGINT') return EXIT.interrupted
  return interrupt.by() === 'SIGTERM' ? EXIT.terminated : EXIT.done
}

/** What a run that failed has left to go on from. */
function whatRemains(folder: RunFolder, { env }: Terminal): string {
  try {
    const { step } = findCheckpoint(folder).checkpoint
    return `The last checkpoint is of step ${step}. Go on with: ${invocation('train', env)} --resume ${resumeName(folder)}`
  } catch (error) {
    if (error instanceof UsageError) return 'There is no checkpoint yet to go on from.'
    if (error instanceof RunError) return error.message
    throw error
  }
}

/** Its name where `--resume` looks for it, else its whole path. */
const resumeName = ({ path, name }: RunFolder): string => (path === resolve('runs', name) ? name : path)
