/** `envs`, `clips`, `doctor`: what there is, and what works here. */
import { registeredIds, spec } from '../../envs/registry.js'
import { type BackendFact, machineFacts } from '../backend/doctor.js'
import type { Option } from '../clip/options.js'
import { type ClipEntry, clipEntries } from '../clip/registry.js'
import { UsageError } from '../core/errors.js'
import { didYouMean } from '../core/suggest.js'
import { EXIT } from './exit.js'
import type { AddCommand } from './terminal.js'
import { packageVersions } from './version.js'

export const addEnvs: AddCommand = (program, { stdout }) => {
  program
    .command('envs')
    .description('list the environments')
    .option('--json', 'as JSON')
    .action(({ json }: { json?: boolean }) => {
      const specs = registeredIds().map((id) => spec(id))
      if (json) return void stdout.write(`${JSON.stringify(specs, null, 2)}\n`)
      const rows = specs.map(({ id, maxEpisodeSteps, rewardThreshold }) => [
        id,
        String(maxEpisodeSteps ?? '-'),
        String(rewardThreshold ?? '-'),
      ])
      stdout.write(table([['environment', 'step limit', 'solved at'], ...rows]))
    })
}

export const addClips: AddCommand = (program, { stdout }) => {
  program
    .command('clips')
    .description('list the gradient clips, or say all about one')
    .argument('[name]', 'one clip')
    .option('--json', 'as JSON')
    .action((name: string | undefined, { json }: { json?: boolean }) => {
      const entries = name === undefined ? clipEntries() : [entryNamed(name)]
      if (json) return void stdout.write(`${JSON.stringify(entries, null, 2)}\n`)
      if (name !== undefined) return void stdout.write(details(entries[0]!))
      stdout.write(table([['clip', 'what it does'], ...entries.map((entry) => [entry.name, entry.description])]))
      stdout.write('\nUse one with --clip NAME or --clip NAME:key=value,…; `clips NAME` lists its options.\n')
    })
}

export const addDoctor: AddCommand = (program, { stdout }, done) => {
  program
    .command('doctor')
    .description('what works on this machine, and what mends what does not')
    .argument('[backend]', 'fail unless this one works')
    .option('--json', 'as JSON')
    .action(async (backend: string | undefined, { json }: { json?: boolean }) => {
      const facts = { ...(await machineFacts()), versions: packageVersions() }
      done(asked(facts.backends, backend).some(({ works }) => works) ? EXIT.done : EXIT.failed)
      if (json) return void stdout.write(`${JSON.stringify(facts, null, 2)}\n`)
      const versions = Object.entries(facts.versions).map(([name, version]) => `${name} ${version}`)
      stdout.write(`${versions[0]}, Node ${facts.node}, ${facts.platform}\n${facts.cpu}, ${facts.cores} cores, ${facts.memory} GiB\n\n`)
      const rows = facts.backends.map(({ name, works, detail, meaning }) => [name, works ? 'works' : '-', works ? detail : '', meaning])
      stdout.write(table([['backend', '', 'on', 'what it is'], ...rows]))
      for (const { name, works, detail } of facts.backends) if (!works) stdout.write(`\n${name} does not work here:\n  ${detail}\n`)
    })
}

/** The backends that were asked about. @throws UsageError for a name that nobody knows */
function asked(facts: readonly BackendFact[], name: string | undefined): readonly BackendFact[] {
  if (name === undefined) return facts
  const found = facts.filter((fact) => fact.name === name)
  const names = facts.map((fact) => fact.name)
  if (found.length === 0) throw new UsageError(`there is no backend "${name}".${didYouMean(name, names)} Names: ${names.join(', ')}.`)
  return found
}

function entryNamed(name: string): ClipEntry {
  const found = clipEntries().find((entry) => entry.name === name)
  const names = clipEntries().map((entry) => entry.name)
  if (!found) throw new UsageError(`there is no clip "${name}".${didYouMean(name, names)} Names: ${names.join(', ')}.`)
  return found
}

function details({ name, description, source, short, options }: ClipEntry): string {
  const rows = Object.entries(options).map(([key, option]) => [`  ${key}`, usual(option), range(option), option.help])
  const list = rows.length === 0 ? '' : `\n${table([['  option', 'default', 'allowed', 'meaning'], ...rows])}`
  return `${name} (${short}): ${description}\nSource: ${source}\n${list}\nWords for every clip: of, per, shape, stage, like, only, except, errorFeedback; limits: floor, ceiling, warmupSteps, warmupTau.\n`
}

/** A default as it is written on a command line. */
const usual = ({ kind, default: value }: Option): string => (kind === 'rules' ? value.map(({ name }) => name).join('|') : String(value))

function range(option: Option): string {
  if (option.kind === 'rules') return 'names with | between them'
  if (option.kind === 'choice') return option.values.join(' | ')
  if (option.kind === 'text') return 'text'
  const { above, atLeast, below, atMost, orNull } = option
  const low = above !== undefined ? `> ${above}` : atLeast !== undefined ? `>= ${atLeast}` : ''
  const high = below !== undefined ? `< ${below}` : atMost !== undefined ? `<= ${atMost}` : ''
  const both = [low, high].filter((part) => part !== '').join(', ') || 'any number'
  return orNull === undefined ? both : `${both}, or null = ${orNull}`
}

/** Left-aligned columns, two spaces apart; the first row is the head. */
function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column]!))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('')
}
