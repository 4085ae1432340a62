/**
 * Builds the addon as planned, and undoes it. Everything is made in a folder beside its place and moved there when it is whole; what was there
 * before is kept, and comes back when the build is undone or does not work.
 */
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { RunError } from '../../core/errors.js'
import { buildRecordFile, readBuild, writeBuild } from './build-record.js'
import type { NativePlan } from './plan.js'
import { UNPACK } from './unpack.js'

/** Folders of a package that a build replaces. */
const REPLACED = ['deps', 'lib']
const STAGING = '.tau-rl-build'
const KEPT = '.before-tau-rl'

/** Any Python's wheel will do, for its libraries are not Python's. */
const WHEEL_PYTHON = '3.11'

export interface BuildOptions {
  /** What is being done, for a person. */
  readonly say: (text: string) => void
  /** Whether tools may write to this process's terminal: their progress. */
  readonly showTools: boolean
}

/** @throws RunError when a tool fails; then the package is as it was */
export async function buildNative(plan: NativePlan, { say, showTools }: BuildOptions): Promise<void> {
  const { folder, distribution, version, cuda, tools } = plan
  const staging = join(folder, STAGING)
  rmSync(staging, { recursive: true, force: true })
  mkdirSync(join(staging, 'deps', 'lib'), { recursive: true })
  const run = (what: string, command: string, args: readonly string[]) => runTool(what, command, args, showTools)
  try {
    const wheel = plan.wheel ?? (await fetchWheel(plan, staging, say, run))
    say('unpacking its libraries')
    writeFileSync(join(staging, 'unpack.py'), UNPACK)
    await run('unpacking', tools.python, [join(staging, 'unpack.py'), wheel, join(staging, 'deps'), join(staging, 'cuda.txt')])
    const headers = tools.headers ?? (await fetchHeaders(staging, say, run))
    say('compiling')
    const out = join(staging, 'lib', 'napi-v8')
    mkdirSync(out, { recursive: true })
    await run('compiling', tools.compiler, compilerArguments(folder, staging, headers, out))
    if (cuda) {
      say('downloading the CUDA libraries')
      const into = ['--target', join(staging, 'deps'), '-r', join(staging, 'cuda.txt')] // in one call: a second would skip the folder that they share
      await run('downloading the CUDA libraries', tools.python, [...pip('install', showTools), '--no-deps', ...into])
    }
    putInPlace(folder, staging)
    writeBuild(folder, { distribution, version, cuda })
  } finally {
    rmSync(staging, { recursive: true, force: true })
  }
}

/** Takes a build back, and puts what was there before in its place. @returns whether there was one */
export function undoNative(folder: string): boolean {
  rmSync(join(folder, STAGING), { recursive: true, force: true })
  if (readBuild(folder) === null) return false
  for (const name of REPLACED) {
    const [place, kept] = [join(folder, name), join(folder, name + KEPT)]
    rmSync(place, { recursive: true, force: true })
    if (existsSync(kept)) renameSync(kept, place)
  }
  rmSync(buildRecordFile(folder))
  return true
}

/** What was there before a first build is kept; an earlier build of ours is not. */
function putInPlace(folder: string, staging: string): void {
  const ours = readBuild(folder) !== null
  for (const name of REPLACED) {
    const place = join(folder, name)
    if (existsSync(place)) {
      if (ours) rmSync(place, { recursive: true })
      else renameSync(place, place + KEPT)
    }
    renameSync(join(staging, name), place)
  }
}

type Run = (what: string, command: string, args: readonly string[]) => Promise<void>

async function fetchWheel(
  { distribution, version, tools }: NativePlan,
  staging: string,
  say: BuildOptions['say'],
  run: Run,
): Promise<string> {
  say(`downloading ${distribution} ${version}`)
  const place = join(staging, 'wheel')
  const which = ['--no-deps', '--only-binary', ':all:', '--python-version', WHEEL_PYTHON, '-d', place, `${distribution}==${version}`]
  await run(`downloading ${distribution} ${version}`, tools.python, ['-m', 'pip', 'download', ...which])
  return join(place, readdirSync(place).find((name) => name.endsWith('.whl'))!)
}

async function fetchHeaders(staging: string, say: BuildOptions['say'], run: Run): Promise<string> {
  say('downloading node-api-headers')
  const place = join(staging, 'headers')
  mkdirSync(place)
  writeFileSync(join(place, 'package.json'), '{}')
  await run('downloading node-api-headers', 'npm', [
    'install',
    '--prefix',
    place,
    '--no-audit',
    '--no-fund',
    '--ignore-scripts',
    'node-api-headers',
  ])
  return join(place, 'node_modules', 'node-api-headers', 'include')
}

const pip = (verb: string, showTools: boolean): string[] => ['-m', 'pip', verb, ...(showTools ? [] : ['--quiet'])]

/** One call compiles and links: N-API 8 serves every Node that we run on, and the libraries are found beside the addon. */
function compilerArguments(folder: string, staging: string, headers: string, out: string): string[] {
  const sources = readdirSync(join(folder, 'binding')).filter((name) => name.endsWith('.cc'))
  return [
    ...['-std=c++17', '-O2', '-fPIC', '-shared', '-w', '-DNAPI_VERSION=8'],
    ...['-I', headers, '-I', join(staging, 'deps', 'include')],
    ...sources.map((name) => join(folder, 'binding', name)),
    ...['-o', join(out, 'tfjs_binding.node'), '-L', join(staging, 'deps', 'lib')],
    ...['-l:libtensorflow_cc.so.2', '-l:libtensorflow_framework.so.2', '-Wl,-rpath,$ORIGIN/../../deps/lib'],
  ]
}

const LAST_LINES = 6

/** @throws RunError with the last lines that the tool wrote */
function runTool(what: string, command: string, args: readonly string[], show: boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...args], { stdio: ['ignore', show ? 'inherit' : 'ignore', 'pipe'] })
    let words = ''
    child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      words = (words + text).slice(-10_000)
    })
    child.once('error', (error) => reject(new RunError(`install-native: ${what}: cannot start ${command}: ${error.message}`)))
    child.once('close', (code, signal) => {
      if (code === 0) return resolve()
      const last = words.trim().split('\n').slice(-LAST_LINES).join('\n')
      reject(new RunError(`install-native: ${what} failed (${signal ?? `exit code ${code}`}); the package is as it was.\n${last}`))
    })
  })
}
