/** `compare`: every clip with every seed, on all cores, and what the data carry. */
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { Command } from 'commander'
import {
  type CompareEvent,
  type Comparison,
  compare,
  comparisonText,
  noProgress,
  progressAfter,
  progressText,
  readClips,
  readSeeds,
} from '../compare/index.js'
import { quietWriter } from '../dashboard/quiet-writer.js'
import { terminalTheme } from '../dashboard/terminal.js'
import { refuseUnrunnable } from '../train/parts.js'
import { EXIT } from './exit.js'
import { addRunFlags, configFromFlags, positiveNumber, type RunFlags } from './options.js'
import { type AddCommand, refuseSurplus, type Terminal } from './terminal.js'
import { workerKit } from './worker-kit.js'

export const addCompare: AddCommand = (program, terminal, done) => {
  const command = addRunFlags(new Command('compare'), { without: ['--clip', '--seed', '--stop-at'] })
    .description('compare gradient clips over seeds: mean, IQM with interval, paired differences')
    .argument('[surplus...]')
    .usage('[options]')
    .option('--clips <list>', 'clips with commas between them; options of a clip may follow as key=value', 'none,global-norm,loss-feedback')
    .option('--seeds <seeds>', 'how many (5), which (3,7,9), or from..to (11..20)', '5')
    .option('--baseline <clip>', 'the clip that others are compared with (default: the first)')
    .option('--name <name>', 'of the comparison; the same name goes on where it stopped')
    .option('--comparisons-dir <folder>', 'where comparisons are made', 'comparisons')
    .option('--parallel <n>', 'runs at a time (default: one per core)', positiveNumber)
    .option('--json', 'the comparison as JSON instead of tables')
    .addHelpText('after', EXAMPLES)
    .action(async (surplus: string[], flags: RunFlags) => {
      refuseSurplus('compare', surplus, terminal.env)
      done(await compareCommand(flags, terminal))
    })
  program.addCommand(command)
}

const EXAMPLES = `
Examples:
  npm run compare -- --env CartPole --clips none,global-norm,loss-feedback --seeds 5
  npm run compare -- --env CartPole --clips global-norm:tau=0.5,global-norm:tau=5 --seeds 11..20`

async function compareCommand(flags: RunFlags, terminal: Terminal): Promise<number> {
  const clips = readClips(String(flags['clips']))
  const seeds = readSeeds(String(flags['seeds']))
  const configs = await Promise.all(clips.map((clip) => configFromFlags({ ...flags, clip })))
  for (const config of configs) refuseUnrunnable(config, { workers: workerKit(config) }) // before anything starts
  const { env, envFile } = configs[0]!
  const { stdout, stderr } = terminal
  const progress = progressLine(stderr)
  const cores = availableParallelism()
  const left = Math.max(1, Math.floor(cores / Number(flags['parallel'] ?? cores))) // what the other runs leave
  const ownThreads = ['--workers', String(left), '--threads', left > 1 ? 'auto' : '1']
  const comparison = await compare({
    root: String(flags['comparisonsDir']),
    ...(flags['name'] === undefined ? {} : { name: String(flags['name']) }),
    envs: [env],
    clips,
    seeds,
    args: sharedArgs(flags),
    ...(flags['baseline'] === undefined ? {} : { baseline: String(flags['baseline']) }),
    ...(flags['parallel'] === undefined ? {} : { parallel: Number(flags['parallel']) }),
    start: ({ args }) => {
      const run = [...ownThreads, ...args, ...(envFile === null ? [] : ['--env', envFile])] // the last of two equal flags counts
      return { command: process.execPath, args: [...ownCommand(), 'train', ...run, '--no-tui', '--log-format', 'json'] }
    },
    onEvent: progress.show,
    now: Date.now(),
  })
  progress.end()
  const writer = quietWriter(stdout)
  writer.write(
    flags['json']
      ? `${JSON.stringify(comparison, null, 2)}\n`
      : `${text(comparison, terminal)}\nIn ${comparison.folder}: runs.csv, rules.csv, report.md\n`,
  )
  if (comparison.interruptedBy === 'SIGTERM') return EXIT.terminated
  if (comparison.interruptedBy !== null) return EXIT.interrupted
  return comparison.runs.every(({ failure }) => failure === null) ? EXIT.done : EXIT.failed
}

/** Flags of `train` that every run shares, as they were given. */
function sharedArgs(flags: RunFlags): string[] {
  const own = ['env', 'clips', 'seeds', 'baseline', 'name', 'comparisonsDir', 'parallel', 'json']
  return Object.entries(flags).flatMap(([key, value]) => {
    if (own.includes(key) || value === undefined) return []
    const flag = `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
    return Array.isArray(value) ? value.flatMap((one) => [flag, String(one)]) : [flag, String(value)]
  })
}

/** How this program was started, for its children: the built file, or the sources through their loader. */
function ownCommand(): string[] {
  const main = fileURLToPath(new URL('./main.js', import.meta.url))
  const source = fileURLToPath(import.meta.url).endsWith('.ts')
  return source ? ['--import', 'tsx', main.replace(/\.js$/, '.ts')] : [main]
}

/** One line that is written over in a terminal; in a pipe, a line per finished run. */
function progressLine(stderr: NodeJS.WriteStream): { show(event: CompareEvent): void; end(): void } {
  let progress = noProgress
  let shown = ''
  return {
    show(event) {
      progress = progressAfter(progress, event)
      if (event.kind === 'planned') for (const path of event.setAside) stderr.write(`unfinished run moved to ${path}\n`)
      const text = progressText(progress)
      if (stderr.isTTY) {
        if (text !== shown) stderr.write(`\r\x1b[2K${text}`)
      } else if (event.kind === 'ended' || event.kind === 'planned') stderr.write(`${text}\n`)
      shown = text
    },
    end() {
      if (stderr.isTTY) stderr.write('\r\x1b[2K')
    },
  }
}

function text(comparison: Comparison, { stdout, env }: Terminal): string {
  const width = stdout.isTTY ? { width: stdout.columns || 80 } : {}
  return comparisonText(comparison, { ...width, ascii: !terminalTheme(env).unicode || !stdout.isTTY })
}
