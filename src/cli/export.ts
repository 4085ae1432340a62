/** `export`: a trained policy as a file for other programs. */
import { existsSync, mkdirSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { Option } from 'commander'
import { UsageError } from '../core/errors.js'
import type { ExportFormat } from '../export/format.js'
import { exportFormat, exportFormats } from '../export/formats.js'
import { describePolicy } from '../export/policy.js'
import { writeAtomically } from '../record/atomic-file.js'
import { findCheckpoint } from '../record/checkpoint-file.js'
import { onDisk } from '../record/disk.js'
import { readConfig } from '../record/run-config.js'
import { findRun } from '../record/run-folder.js'
import { loadEnvFile } from '../train/env-modules.js'
import { makeEnvironments } from '../train/parts.js'
import { EXIT } from './exit.js'
import { type AddCommand, refuseSurplus, type Terminal } from './terminal.js'

interface ExportFlags {
  readonly run: string
  readonly runsDir: string
  readonly checkpoint: string
  readonly format?: string
  readonly out?: string
}

export const addExport: AddCommand = (program, terminal, done) => {
  program
    .command('export')
    .description(
      `write a trained policy for other programs: ${exportFormats()
        .map(({ name }) => name)
        .join(', ')}`,
    )
    .argument('[run]', 'latest, the name of a run, or its folder', 'latest')
    .argument('[surplus...]')
    .usage('[run] [options]')
    .option('--run <run>', 'the same as the argument')
    .option('--runs-dir <folder>', 'where runs are', 'runs')
    .option('--checkpoint <name>', 'latest, best, final, or the name of a file', 'latest')
    .addOption(
      new Option(
        '--format <name>',
        `${exportFormats()
          .map(({ name }) => name)
          .join(', ')} (default: by the ending of --out, else onnx)`,
      ),
    )
    .option('--out <path>', 'where to: a file, or for tfjs a folder (default: policy.onnx and so on in the run folder)')
    .addHelpText(
      'after',
      `\n${exportFormats()
        .map(({ name, description }) => `${name}: ${description}`)
        .join('\n')}`,
    )
    .action(async (run: string, surplus: string[], flags: ExportFlags) => {
      refuseSurplus('export', surplus, terminal.env)
      await exportCommand({ ...flags, run: flags.run ?? run }, terminal)
      done(EXIT.done)
    })
}

async function exportCommand(flags: ExportFlags, { stdout, stderr }: Terminal): Promise<void> {
  const format = exportFormat(flags.format ?? formatOf(flags.out))
  const folder = findRun(flags.runsDir, flags.run)
  const config = readConfig(folder)
  if (config.envFile !== null) await loadEnvFile(config.envFile)
  const { checkpoint, warnings } = findCheckpoint(folder, flags.checkpoint)
  for (const warning of warnings) stderr.write(`tau-rl: passed over: ${warning}\n`)
  const out = resolve(flags.out ?? join(folder.path, `policy${format.extension ?? `-${format.name}`}`))
  checkPlace(format, out)
  const venv = makeEnvironments(config, 1)
  const files = format.encode(describePolicy(config, venv, checkpoint.snapshot, checkpoint.step))
  venv.close()
  if (format.extension === null) onDisk('create', out, () => mkdirSync(out, { recursive: true }))
  for (const [name, bytes] of files) writeAtomically(format.extension === null ? join(out, name) : out, bytes)
  const size = [...files.values()].reduce((sum, bytes) => sum + bytes.length, 0)
  stdout.write(`${folder.name}, step ${checkpoint.step}: ${config.env} policy as ${format.name}, ${size} bytes\n${out}\n`)
}

/** 'policy.onnx' → 'onnx' */
function formatOf(out: string | undefined): string {
  if (out === undefined) return 'onnx'
  const found = exportFormats().find(({ extension }) => extension !== null && out.endsWith(extension))
  if (found) return found.name
  throw new UsageError(
    `--format is required: "${out}" does not say which. One of ${exportFormats()
      .map(({ name }) => name)
      .join(', ')}.`,
  )
}

/** @throws UsageError when what stands at the path is of another kind, or its folder is missing */
function checkPlace({ name, extension }: ExportFormat, out: string): void {
  const isFolder = existsSync(out) ? statSync(out).isDirectory() : null
  if (extension === null && isFolder === false) throw new UsageError(`--out ${out}: expected a folder for ${name}, found a file.`)
  if (extension !== null && isFolder === true) throw new UsageError(`--out ${out}: expected a file for ${name}, found a folder.`)
  if (extension !== null && !existsSync(dirname(out))) throw new UsageError(`--out ${out}: the folder ${dirname(out)} does not exist.`)
}
