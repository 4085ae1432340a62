/**
 * What a user waits for and what a run holds: from the start of the process to the first update, built and from source; from the start to the end
 * of 500,000 steps of CartPole, with all files of the run, against a PureJaxRL-style program with its imports and its compiler; and the largest
 * resident memory of such a run. Every round starts new processes. `npm run` itself, some 0.2 s, is not counted.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { builtPackage } from '../../../test/support/built.js'
import type { BenchEntry, BenchNumber } from '../entry.js'
import { at, type Elsewhere, measure, ratioOf, type Timing } from '../harness.js'
import { asking, type Peers } from '../peer.js'
import { SETTINGS } from '../training-settings.js'

const STEPS = 500_000
const FIRST = { built: 1200, source: 2000 } as const // ms at most to the first update
const RESIDENT = 140 // MiB at most
const FASTER = 4 // times PureJaxRL-style at least
const WHOLE = ['--preset', 'cleanrl', '--total-steps', String(STEPS)]
const ONE_UPDATE = ['--stop-at', '1']

/** Said on stderr when the process ends: its CPU time, and its largest resident memory. */
const AT_EXIT = `data:text/javascript,process.on('exit',()=>{const u=process.resourceUsage();process.stderr.write(JSON.stringify({cpuMs:(u.userCPUTime+u.systemCPUTime)/1000,peakMiB:u.maxRSS/1024})+'\\n')})`

interface Started {
  readonly cpuMs: number
  readonly wallMs: number
  readonly firstUpdateMs: number
  readonly peakMiB: number
}

export const startup: BenchEntry = {
  name: 'startup',
  what: `from process start to the first update and to ${STEPS} steps of CartPole, and resident memory`,

  async run(_, peers) {
    const built = builtPackage()
    const runs = mkdtempSync(join(tmpdir(), 'tau-rl-bench-'))
    try {
      const commands = {
        built: [join(built.folder, 'src/cli/main.js'), 'train'],
        source: ['--import', 'tsx', fileURLToPath(new URL('../../train.ts', import.meta.url))],
      }
      const first = await firstUpdates(commands, runs)
      const whole = await wholeRuns(commands.built, runs, peers)
      return {
        unit: 'process',
        timings: [...first.timings, ...whole.timings],
        numbers: [...first.numbers, ...whole.numbers],
        notes: whole.notes,
      }
    } finally {
      built.remove()
      rmSync(runs, { recursive: true, force: true })
    }
  },
}

async function firstUpdates(commands: Readonly<Record<keyof typeof FIRST, readonly string[]>>, runs: string) {
  const variants: Record<string, Elsewhere> = {}
  for (const [way, command] of Object.entries(commands))
    variants[`first update, ${way}`] = {
      ask: async () => {
        const { cpuMs, firstUpdateMs } = await process_([...command, ...ONE_UPDATE], runs)
        return { cpuMs, wallMs: firstUpdateMs }
      },
    }
  const timings = await measure(variants, { rounds: 7 })
  const numbers = timings.map(
    ({ variant, wallMs, wallRounds }, i): BenchNumber => ({
      name: variant,
      value: wallMs / 1000,
      unit: 's',
      rounds: wallRounds!.map((ms) => ms / 1000),
      target: { atMost: Object.values(FIRST)[i]! / 1000 },
    }),
  )
  return { timings, numbers }
}

async function wholeRuns(command: readonly string[], runs: string, peers: Peers) {
  const notes: string[] = []
  const peaks: number[] = []
  const theirPeaks: number[] = []
  const [ours, theirs] = [`${STEPS} steps, built`, `${STEPS} steps, PureJaxRL-style`]
  const nothing = async () => {} // a process that has just started is what is measured
  const variants: Record<string, Elsewhere> = {
    [ours]: {
      warmUp: nothing,
      ask: async () => {
        const started = await process_([...command, ...WHOLE], runs)
        peaks.push(started.peakMiB)
        return started
      },
    },
  }
  const script = { 'PureJaxRL-style': { script: 'purejaxrl_training.py' } }
  const tried = (await peers.start(script, notes))['PureJaxRL-style']
  await tried?.close()
  if (tried !== undefined)
    variants[theirs] = {
      warmUp: nothing,
      ask: async () => {
        const began = performance.now()
        const program = (await peers.start(script, notes))['PureJaxRL-style']!
        const times = await asking(program, { ...SETTINGS.cleanrl, steps: STEPS }).ask(0)
        const { processCpuMs, peakMiB } = times as unknown as { processCpuMs: number; peakMiB: number }
        const wallMs = performance.now() - began
        await program.close()
        theirPeaks.push(peakMiB)
        return { cpuMs: processCpuMs, wallMs }
      },
    }
  const timings = await measure(variants, { rounds: 3 })
  const seconds = (timing: Timing): BenchNumber => ({
    name: timing.variant,
    value: timing.wallMs / 1000,
    unit: 's',
    rounds: timing.wallRounds!.map((ms) => ms / 1000),
  })
  const resident = (name: string, rounds: readonly number[]): BenchNumber => ({ name, value: at(rounds, 0.5), unit: 'MiB', rounds })
  const numbers = [...timings.map(seconds), { ...resident('largest resident memory, built', peaks), target: { atMost: RESIDENT } }]
  if (theirPeaks.length > 0) {
    numbers.push(resident('largest resident memory, PureJaxRL-style', theirPeaks))
    const ratio = ratioOf(timings, theirs, ours, 'wall')
    numbers.push({ name: `${STEPS} steps from process start, against PureJaxRL-style`, unit: 'x', ...ratio, target: { atLeast: FASTER } })
  }
  return { timings, numbers, notes }
}

/** Trains CartPole in a new Node with these arguments. */
async function process_(args: readonly string[], runs: string): Promise<Started> {
  const flags = ['--env', 'CartPole', '--no-tui', '--log-format', 'json', '--runs-dir', runs]
  const began = performance.now()
  const child = spawn(process.execPath, ['--import', AT_EXIT, ...args, ...flags], { stdio: ['ignore', 'pipe', 'pipe'] })
  const since = () => performance.now() - began
  let firstUpdateMs = Number.NaN
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (Number.isNaN(firstUpdateMs) && line.startsWith('{"event":"update"')) firstUpdateMs = since()
  })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  const code = await new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve))
  const wallMs = since()
  if (code !== 0) throw new Error(`train ended with code ${code}: ${said}`)
  const last = JSON.parse(said.trimEnd().split('\n').at(-1)!) as { cpuMs: number; peakMiB: number }
  return { ...last, wallMs, firstUpdateMs }
}
