/** `replay`: a recorded episode in the terminal, as a table, or simulated again and compared. */
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Env } from '../../envs/core.js'
import { EnvError } from '../../envs/errors.js'
import { type EnvOptions, make } from '../../envs/registry.js'
import { RunError, UsageError } from '../core/errors.js'
import type { EpisodeRecording } from '../core/events.js'
import { quietWriter } from '../dashboard/quiet-writer.js'
import { replayTable } from '../dashboard/replay-table.js'
import { startReplay } from '../dashboard/run-replay.js'
import { canUseTui } from '../dashboard/terminal.js'
import { listRecordings } from '../record/readers.js'
import { type RecordingRead, readRecording, recordingName } from '../record/recording-file.js'
import { drawings, openReplay, verify } from '../record/replay.js'
import { readConfig } from '../record/run-config.js'
import { findRun, runFiles } from '../record/run-folder.js'
import { loadEnvFile } from '../train/env-modules.js'
import { EXIT } from './exit.js'
import { number, positiveNumber } from './options.js'
import { type AddCommand, refuseSurplus, type Terminal } from './terminal.js'

interface ReplayFlags {
  readonly runsDir: string
  readonly episode?: number
  readonly list?: boolean
  readonly verify?: boolean
  readonly tolerance: number
  readonly speed: number
  readonly every: number
  readonly tui: boolean
}

export const addReplay: AddCommand = (program, terminal, done) => {
  program
    .command('replay')
    .description('play a recorded episode')
    .argument('[run]', 'latest, the name of a run, its folder, or a .rec file', 'latest')
    .argument('[surplus...]')
    .usage('[run] [options]')
    .option('--runs-dir <folder>', 'where runs are', 'runs')
    .option('--episode <n>', 'which recorded episode (default: the last)', positiveNumber)
    .option('--list', 'only list what was recorded')
    .option('--verify', 'simulate the episode again from its seed and actions, and report the first difference')
    .option('--tolerance <x>', 'largest difference that counts as equal, with --verify', number, 0)
    .option('--speed <x>', 'of playing: 1 = 30 steps per second', number, 1)
    .option('--every <n>', 'without a terminal: only each n-th step', positiveNumber, 1)
    .option('--no-tui', 'a table instead of the player')
    .action(async (run: string, surplus: string[], flags: ReplayFlags) => {
      refuseSurplus('replay', surplus, terminal.env)
      done(await replayCommand(run, flags, terminal))
    })
}

async function replayCommand(run: string, flags: ReplayFlags, terminal: Terminal): Promise<number> {
  const paths = run.endsWith('.rec') ? [run] : recordings(flags.runsDir, run)
  await knowEnvironment(paths[0]!)
  if (flags.list) {
    for (const path of paths) terminal.stdout.write(`${line(path)}\n`)
    return EXIT.done
  }
  let index = flags.episode === undefined ? paths.length - 1 : indexOf(paths, flags.episode)
  if (flags.verify) return verifyCommand(paths[index]!, flags.tolerance, terminal)
  if (!canUseTui({ ...terminal, flags: { tui: flags.tui } })) return printTable(paths[index]!, flags.every, terminal)
  for (;;) {
    const { recording, complete } = read(paths[index]!, terminal)
    const left = await startReplay({
      replay: openReplay(recording, complete),
      drawings: drawn(recording),
      stdout: terminal.stdout,
      stdin: terminal.stdin,
      clock: () => performance.now(),
      speed: flags.speed,
    })
    if (left === 'quit') return EXIT.done
    index = Math.min(Math.max(index + (left === 'next' ? 1 : -1), 0), paths.length - 1)
  }
}

/** Paths of the recordings of a run, in the order of their episodes. */
function recordings(runsDir: string, run: string): string[] {
  const folder = findRun(runsDir, run)
  const paths = listRecordings(folder).map(({ path }) => path)
  if (paths.length === 0) throw new UsageError(`${folder.name} holds no recording: the last episode is recorded when a run ends.`)
  return paths
}

/** Recordings lie in their run's folder, whose configuration says where an environment of the user's own is. */
async function knowEnvironment(path: string): Promise<void> {
  const files = runFiles(join(dirname(path), '..'))
  const envFile = existsSync(files.config) ? readConfig({ files }).envFile : null
  if (envFile !== null) await loadEnvFile(envFile)
}

function indexOf(paths: readonly string[], episode: number): number {
  const index = paths.findIndex((path) => path.endsWith(recordingName(episode)))
  if (index >= 0) return index
  const there = paths.map((path) => Number(/(\d+)\.rec$/.exec(path)?.[1]))
  throw new UsageError(`--episode ${episode}: recorded are ${there.join(', ')}.`)
}

function read(path: string, { stderr }: Terminal): RecordingRead {
  const found = readRecording(path)
  if (found.warning !== null) stderr.write(`tau-rl: ${found.warning}\n`)
  return found
}

function line(path: string): string {
  const { env, episode, length, return: total, end } = readRecording(path).recording
  return `episode ${String(episode).padStart(6)}  ${env}  ${String(length).padStart(5)} steps  return ${total.toFixed(2).padStart(10)}  ${end}`
}

function verifyCommand(path: string, tolerance: number, terminal: Terminal): number {
  const { recording, complete } = read(path, terminal)
  const { steps, difference } = verify(recording, environment(recording), { tolerance, complete })
  const name = `${recording.env}, episode ${recording.episode}`
  if (difference) {
    terminal.stdout.write(`${name}: NOT the same: ${difference.message}\n`)
    return EXIT.failed
  }
  const exact = tolerance === 0 ? 'bit for bit' : `within ${tolerance}`
  terminal.stdout.write(`${name}: simulated again from seed ${recording.seed} and its actions: ${steps} steps, the same ${exact}.\n`)
  return EXIT.done
}

function printTable(path: string, every: number, terminal: Terminal): number {
  const { recording, complete } = read(path, terminal)
  const writer = quietWriter(terminal.stdout)
  for (const text of replayTable(openReplay(recording, complete), every)) {
    if (writer.closed()) break
    writer.write(text)
  }
  return EXIT.done
}

const environment = (recording: EpisodeRecording): Env => make(recording.env, recording.envOptions as EnvOptions)

/** Playing needs no environment; only its drawings do. */
function drawn(recording: EpisodeRecording): ReturnType<typeof drawings> {
  try {
    return drawings(recording, environment(recording))
  } catch (error) {
    if (error instanceof RunError || error instanceof EnvError) return null
    throw error
  }
}
