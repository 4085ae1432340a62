/**
 * `npm run bench -- [--only NAME,…] [--json FILE] [--compare OLD.json] [--python PATH]`: how fast the parts are, as ratios measured side by
 * side in one run; with a Python that has peers/requirements.txt, against Gymnasium too. Prints a table per entry; nothing fails for being slow.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus, totalmem } from 'node:os'
import { parseArgs } from 'node:util'
import * as tf from '@tensorflow/tfjs-core'
import { selectBackend } from '../../src/backend/backends.js'
import { didYouMean } from '../../src/core/suggest.js'
import { acting } from './entries/acting.js'
import { classicControl } from './entries/classic-control.js'
import { clipCost } from './entries/clip-cost.js'
import { clipSize } from './entries/clip-size.js'
import { envSteps } from './entries/env-steps.js'
import { memory } from './entries/memory.js'
import { optimizers } from './entries/optimizers.js'
import { random } from './entries/random.js'
import { training } from './entries/training.js'
import { workerThreads } from './entries/workers.js'
import type { BenchEntry, BenchResult } from './entry.js'
import { gymnasiumPeer } from './peer.js'
import { type BenchFile, comparisonText, resultText } from './report.js'

const ENTRIES: readonly BenchEntry[] = [
  acting,
  training,
  envSteps,
  classicControl,
  workerThreads,
  clipCost,
  clipSize,
  optimizers,
  random,
  memory,
]

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  process.stderr.write(`bench: ${(error as Error).stack}\n`) // uncaught, it would drag the whole source line of the wasm loader with it
  process.exitCode = 1
}

async function main(argv: readonly string[]): Promise<number> {
  const options = {
    only: { type: 'string' },
    json: { type: 'string' },
    compare: { type: 'string' },
    python: { type: 'string' },
    help: { type: 'boolean' },
  } as const
  let flags: {
    readonly only?: string
    readonly json?: string
    readonly compare?: string
    readonly python?: string
    readonly help?: boolean
  }
  try {
    flags = parseArgs({ args: [...argv], options }).values
  } catch (error) {
    return usage((error as Error).message)
  }
  if (flags.help) {
    process.stdout.write(`npm run bench -- [--only NAME,…] [--json FILE] [--compare OLD.json] [--python PATH]\n\n`)
    for (const { name, what } of ENTRIES) process.stdout.write(`  ${name.padEnd(15)} ${what}\n`)
    return 0
  }
  const names = flags.only?.split(',') ?? ENTRIES.map(({ name }) => name)
  const known = ENTRIES.map(({ name }) => name)
  const stranger = names.find((name) => !known.includes(name))
  if (stranger !== undefined)
    return usage(`--only: there is no entry "${stranger}".${didYouMean(stranger, known)} Entries: ${known.join(', ')}.`)
  let before: BenchFile | null = null
  try {
    if (flags.compare !== undefined) before = JSON.parse(readFileSync(flags.compare, 'utf8')) as BenchFile
  } catch (error) {
    return usage(`--compare ${flags.compare}: ${(error as Error).message}`)
  }
  if (before !== null && before.format !== 1) return usage(`--compare ${flags.compare}: expected a file that --json wrote`)

  const gymnasium = flags.python === undefined ? null : await gymnasiumPeer(flags.python)
  if (gymnasium !== null) process.stdout.write(`against ${gymnasium.versions}\n\n`)
  await selectBackend('wasm')
  const results: Record<string, BenchResult> = {}
  try {
    for (const entry of ENTRIES.filter(({ name }) => names.includes(name))) {
      const result = await entry.run(gymnasium)
      results[entry.name] = result
      process.stdout.write(`${resultText(entry, result)}\n`)
    }
  } finally {
    await gymnasium?.close()
  }
  const file: BenchFile = { format: 1, machine: machine(), results }
  if (flags.json !== undefined) writeFileSync(flags.json, `${JSON.stringify(file, null, 2)}\n`)
  if (before !== null) process.stdout.write(comparisonText(before, file))
  return 0
}

function machine(): BenchFile['machine'] {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    platform: `${process.platform} ${process.arch}`,
    node: process.version,
    tfjs: tf.version_core,
  }
}

function usage(message: string): number {
  process.stderr.write(`bench: ${message}\n`)
  return 2
}
