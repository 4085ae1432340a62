/**
 * `npm run study -- [--tables] [--only TABLE,…] [--minutes N] [--seeds LIST] [--steps N] [--out FOLDER] [--parallel N]`
 *
 * Trains what is missing of the study of clipping rules (plan.ts) and writes its tables. Runs are kept one line each in clip-rules.csv, so
 * asking again goes on where it stopped, and `--tables` makes the report again without training.
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { readSeeds } from '../../src/compare/grid.js'
import { runPool } from '../../src/compare/pool.js'
import type { RunRow } from '../../src/compare/summary.js'
import { UsageError } from '../../src/core/errors.js'
import { didYouMean } from '../../src/core/suggest.js'
import { writeAtomically } from '../../src/record/atomic-file.js'
import type { ChildLine, ChildTask } from './child.js'
import { type Block, blocks, FIRST_SEED, TABLES, trialKey } from './plan.js'
import { studyMarkdown } from './report.js'
import { runLines, runsFromCsv, runsToCsv } from './results.js'

const HELP = `Flags:
  --tables         only write the tables again
  --list           only say what would be trained
  --only A,B       tables: ${TABLES.map(({ name }) => name).join(', ')}
  --seeds LIST     seeds as npm run compare takes them (${FIRST_SEED}..${FIRST_SEED + 19})
  --minutes N      end after this time; the order of the tables says what is dropped
  --steps N        shorter runs, to try it out; needs --out
  --out FOLDER     where clip-rules.csv and clip-rules.md are (studies)
  --parallel N     processes at a time (2)`

const REPETITIONS = 10_000 // bootstrap: a fifth of the usual, for a thousand intervals
const CHILD = fileURLToPath(new URL('./child.ts', import.meta.url))

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  if (!(error instanceof UsageError)) throw error
  process.stderr.write(`study: ${error.message}\n`)
  process.exitCode = 2
}

async function main(argv: readonly string[]): Promise<number> {
  const flags = readFlags(argv)
  if (flags.help) {
    process.stdout.write(`${HELP}\n`)
    return 0
  }
  const { tables, out } = flags
  const csv = join(out, 'clip-rules.csv')
  mkdirSync(out, { recursive: true })
  const runs = existsSync(csv) ? runsFromCsv(readFileSync(csv, 'utf8')) : []
  let interrupted = false
  if (!flags.tablesOnly) {
    const plan = missing(blocks(tables, flags.seeds), runs)
    const count = plan.reduce((sum, { trials }) => sum + trials.length, 0)
    process.stderr.write(`${runs.length} runs are there, ${count} to make\n`)
    if (flags.list) return 0
    writeAtomically(csv, runsToCsv(runs)) // without a line that was cut off
    interrupted = await trainAll(plan, count, flags, (row) => {
      runs.push(row)
      appendFileSync(csv, runLines([row]))
    })
    writeAtomically(csv, runsToCsv(inOrder(runs)))
  }
  writeAtomically(join(out, 'clip-rules.md'), studyMarkdown(runs, TABLES, { bootstrap: { repetitions: REPETITIONS } }))
  process.stderr.write(`${interrupted ? 'ended early; ask again to go on. ' : ''}Tables: ${join(out, 'clip-rules.md')}\n`)
  return 0
}

/** Blocks with what is left of them to train. A run that failed is finished too: it would fail again. */
function missing(plan: readonly Block[], runs: readonly RunRow[]): Block[] {
  const done = new Set(runs.map(({ name }) => name))
  return plan
    .map((block) => ({ ...block, trials: block.trials.filter((trial) => !done.has(trialKey(trial))) }))
    .filter(({ trials }) => trials.length > 0)
}

/** @returns whether it ended before everything was trained */
async function trainAll(plan: readonly Block[], count: number, flags: Flags, keep: (row: RunRow) => void): Promise<boolean> {
  let made = 0
  const { interruptedBy } = await runPool<Block>({
    specs: plan,
    parallel: flags.parallel,
    graceSeconds: 1, // what a run has not finished is lost anyway
    ...(flags.minutes === null ? {} : { signal: AbortSignal.timeout(flags.minutes * 60_000) }),
    start: ({ trials }) => ({
      command: process.execPath,
      args: ['--import', 'tsx', CHILD, JSON.stringify({ trials, steps: flags.steps } satisfies ChildTask)],
    }),
    onEvent: (event) => {
      if (event.kind === 'line') {
        keep((JSON.parse(event.line) as ChildLine).row)
        made++
      }
      if (event.kind === 'ended') {
        const { spec, status, lastWords } = event.outcome
        if (status !== 'cancelled') process.stderr.write(`${made} of ${count}: ${spec.table}, ${spec.setting}, seed ${spec.seed}\n`)
        if (status === 'failed') process.stderr.write(`  failed: ${lastWords.join('\n  ')}\n`)
      }
    },
  })
  return interruptedBy !== null
}

/** As planned, and what is not planned any more at the end: so that the file does not depend on which process was quicker. */
function inOrder(runs: readonly RunRow[]): RunRow[] {
  const place = new Map<string, number>()
  const seeds = [...new Set(runs.map(({ seed }) => seed))].sort((a, b) => a - b)
  for (const { trials } of blocks(TABLES, seeds)) for (const trial of trials) place.set(trialKey(trial), place.size)
  const at = ({ name }: RunRow) => place.get(name) ?? Number.MAX_SAFE_INTEGER
  return runs.toSorted((a, b) => at(a) - at(b))
}

type Flags = ReturnType<typeof readFlags>

function readFlags(argv: readonly string[]) {
  const options = {
    tables: { type: 'boolean' },
    list: { type: 'boolean' },
    only: { type: 'string' },
    seeds: { type: 'string' },
    minutes: { type: 'string' },
    steps: { type: 'string' },
    out: { type: 'string' },
    parallel: { type: 'string' },
    help: { type: 'boolean' },
  } as const
  try {
    const { values } = parseArgs({ args: [...argv], options })
    if (values.steps !== undefined && values.out === undefined) {
      throw new UsageError('--steps makes other runs than those of the study: say --out FOLDER, so that they do not mix')
    }
    return {
      help: values.help ?? false,
      tablesOnly: values.tables ?? false,
      list: values.list ?? false,
      tables: values.only === undefined ? TABLES : values.only.split(',').map(tableNamed),
      seeds: readSeeds(values.seeds ?? `${FIRST_SEED}..${FIRST_SEED + 19}`),
      minutes: number('minutes', values.minutes),
      steps: number('steps', values.steps),
      out: values.out ?? 'studies',
      parallel: number('parallel', values.parallel) ?? 2,
    }
  } catch (error) {
    if (error instanceof UsageError) throw error
    throw new UsageError(`${(error as Error).message}\n${HELP}`)
  }
}

function number(name: string, text: string | undefined): number | null {
  if (text === undefined) return null
  const value = Number(text)
  if (!(value > 0)) throw new UsageError(`--${name} must be a number above 0, got "${text}"`)
  return value
}

function tableNamed(name: string) {
  const table = TABLES.find((one) => one.name === name)
  const names = TABLES.map((one) => one.name)
  if (table === undefined) throw new UsageError(`there is no table "${name}": there are ${names.join(', ')}.${didYouMean(name, names)}`)
  return table
}
