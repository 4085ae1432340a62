/**
 * `npm run bench`: how fast the parts are, as ratios measured side by side in one run; with a Python that has peers/requirements.txt also against
 * Gymnasium, PyTorch, JAX and training programs made of them. Prints a table per entry; nothing fails for being slow, unless asked to.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { selectBackend } from '../../src/backend/backends.js'
import { didYouMean } from '../../src/core/suggest.js'
import { changes, comparisonText, regressions } from './compare.js'
import { accelerated } from './entries/accelerate.js'
import { acting } from './entries/acting.js'
import { classicControl } from './entries/classic-control.js'
import { clipCost } from './entries/clip-cost.js'
import { clipSize } from './entries/clip-size.js'
import { envSteps } from './entries/env-steps.js'
import { fused } from './entries/fused.js'
import { kernels } from './entries/kernels.js'
import { memory } from './entries/memory.js'
import { optimizers } from './entries/optimizers.js'
import { peersOptim } from './entries/peers-optim.js'
import { peersTraining } from './entries/peers-training.js'
import { peersUpdate } from './entries/peers-update.js'
import { random } from './entries/random.js'
import { startup } from './entries/startup.js'
import { threads } from './entries/threads.js'
import { training } from './entries/training.js'
import { workerThreads } from './entries/workers.js'
import type { BenchEntry, BenchResult } from './entry.js'
import { overrideRounds } from './harness.js'
import { machine } from './machine.js'
import { gymnasiumPeer, type Peer, pythonPeers } from './peer.js'
import { ProgramError } from './program.js'
import { asJson, type BenchFile, resultText } from './report.js'

const ENTRIES: readonly BenchEntry[] = [
  acting,
  training,
  fused,
  threads,
  envSteps,
  classicControl,
  workerThreads,
  clipCost,
  clipSize,
  optimizers,
  kernels,
  accelerated,
  random,
  memory,
  startup,
  peersUpdate,
  peersOptim,
  peersTraining,
]

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  process.stderr.write(`bench: ${(error as Error).stack}\n`) // uncaught, it would drag the whole source line of the wasm loader with it
  process.exitCode = 1
}

const USAGE = `npm run bench -- [flags]

  --only NAME,…          only these entries
  --list                 the entries
  --rounds N             rounds of every measurement, instead of what the entries choose
  --json FILE            write the results
  --compare OLD.json,…   against an earlier run's results; several runs of the same code tell the noise between runs
  --fail-on-regression   with --compare: exit code 1 when a ratio became worse by more than noise
  --python PATH          a Python with scripts/bench/peers/requirements.txt, to measure against
  --torch-compile        with --python: torch.compile too, which takes minutes to compile
`

async function main(argv: readonly string[]): Promise<number> {
  const options = {
    only: { type: 'string' },
    list: { type: 'boolean' },
    rounds: { type: 'string' },
    json: { type: 'string' },
    compare: { type: 'string' },
    'fail-on-regression': { type: 'boolean' },
    python: { type: 'string' },
    'torch-compile': { type: 'boolean' },
    help: { type: 'boolean' },
  } as const
  const parse = () => parseArgs({ args: [...argv], options }).values
  let flags: ReturnType<typeof parse>
  try {
    flags = parse()
  } catch (error) {
    return usage((error as Error).message)
  }
  const list = () => ENTRIES.map(({ name, what }) => `  ${name.padEnd(15)} ${what}\n`).join('')
  if (flags.help) process.stdout.write(`${USAGE}\n${list()}`)
  else if (flags.list) process.stdout.write(list())
  if (flags.help || flags.list) return 0
  const known = ENTRIES.map(({ name }) => name)
  const names = flags.only?.split(',') ?? known
  const stranger = names.find((name) => !known.includes(name))
  if (stranger !== undefined)
    return usage(`--only: there is no entry "${stranger}".${didYouMean(stranger, known)} Entries: ${known.join(', ')}.`)
  if (flags.rounds !== undefined && !/^[1-9]\d{0,3}$/.test(flags.rounds))
    return usage(`--rounds: expected a whole number from 1, got ${flags.rounds}`)
  if (flags['fail-on-regression'] && flags.compare === undefined) return usage('--fail-on-regression: name an earlier run with --compare')
  const before: BenchFile[] = []
  for (const path of flags.compare?.split(',') ?? []) {
    try {
      before.push(JSON.parse(readFileSync(path, 'utf8')) as BenchFile)
    } catch (error) {
      return usage(`--compare ${path}: ${(error as Error).message}`)
    }
    if (before.at(-1)?.format !== 1) return usage(`--compare ${path}: expected a file that --json wrote`)
  }

  if (flags.rounds !== undefined) overrideRounds(Number(flags.rounds))
  const { results, failed } = await measureAll(names, flags.python ?? null, flags['torch-compile'] === true)
  const file: BenchFile = { format: 1, machine: machine(), results }
  if (flags.json !== undefined) writeFileSync(flags.json, asJson(file))
  if (before.length > 0) process.stdout.write(comparisonText(before, file))
  const worse = flags['fail-on-regression'] === true && regressions(changes(before, file)).length > 0
  return failed || worse ? 1 : 0
}

/** The entries one after the other. One that fails says so, and the others go on. */
async function measureAll(names: readonly string[], python: string | null, torchCompile: boolean) {
  const gymnasium = python === null ? null : await gymnasiumOrNot(python)
  const peers = pythonPeers(python, { torchCompile })
  const results: Record<string, BenchResult> = {}
  let failed = false
  await selectBackend('wasm', undefined, { accelerate: false }) // what entries call tfjs is what others install
  try {
    for (const entry of ENTRIES.filter(({ name }) => names.includes(name))) {
      const began = performance.now()
      try {
        const result = await entry.run(gymnasium, peers)
        results[entry.name] = result
        process.stdout.write(`${resultText(entry, result)}  (${((performance.now() - began) / 1000).toFixed(0)} s)\n\n`)
      } catch (error) {
        failed = true
        process.stderr.write(`bench: ${entry.name}: ${(error as Error).stack}\n`)
      }
    }
  } finally {
    await gymnasium?.close()
  }
  return { results, failed }
}

async function gymnasiumOrNot(python: string): Promise<Peer | null> {
  try {
    const gymnasium = await gymnasiumPeer(python)
    process.stdout.write(`against ${gymnasium.versions}\n\n`)
    return gymnasium
  } catch (error) {
    if (!(error instanceof ProgramError)) throw error
    process.stdout.write(`without Gymnasium: ${error.message}\n\n`)
    return null
  }
}

function usage(message: string): number {
  process.stderr.write(`bench: ${message}\n`)
  return 2
}
