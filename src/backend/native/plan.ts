/**
 * What building the addon of `@tensorflow/tfjs-node` or `-gpu` will take: which libraries, from where, how large, with which tools.
 *
 * The packages' own installers fetch a TensorFlow of 2021 from a place outside the registries, and fail where that is closed off. But the addon is
 * two small C++ files over TensorFlow's C interface, and the Python wheels hold libraries that export the whole of it: one compiler call builds
 * it, with any TensorFlow from 2.12 on. So `pip`, with whatever mirrors it is set up for, brings the wheel.
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { basename, join } from 'node:path'
import { UsageError } from '../../core/errors.js'
import { NATIVE_VERSION, type NativePackage, packageFolder } from '../tensorflow.js'

export interface NativeRequest {
  /** Build the -gpu package, from the wheel that knows graphics processors. */
  readonly gpu: boolean
  /** Fetch the CUDA libraries too, for machines that have the driver alone. */
  readonly cuda: boolean
  /** Of TensorFlow. */
  readonly version?: string | undefined
  /** Another wheel than the package's own: tensorflow-cpu in the -gpu package serves tests. */
  readonly distribution?: string | undefined
  /** A wheel that is here already. */
  readonly wheel?: string | undefined
}

export interface NativePlan {
  readonly packageName: NativePackage
  /** Where the package is installed. */
  readonly folder: string
  readonly distribution: string
  readonly version: string
  readonly cuda: boolean
  /** null: to be downloaded. */
  readonly wheel: string | null
  readonly downloads: readonly Download[]
  /** GB afterwards, roughly. */
  readonly disk: number
  readonly tools: NativeTools
}

export interface Download {
  readonly what: string
  /** Roughly. */
  readonly megabytes: number
}

export interface NativeTools {
  readonly python: string
  readonly compiler: string
  /** With node_api.h; null: to be downloaded. */
  readonly headers: string | null
}

/** Tried: 2.12.1 to 2.21.0. The older is small and says little, the newer knows new cards. */
const VERSIONS = { cpu: '2.15.1', gpu: '2.21.0' } as const

/** MB of wheels that were looked at; others are of their kind. */
const WHEELS: Readonly<Record<string, number>> = { 'tensorflow-cpu 2.15.1': 207, 'tensorflow-cpu 2.21.0': 274, 'tensorflow 2.21.0': 572 }
const USUAL_WHEEL = { cpu: 250, gpu: 580 } as const
const CUDA_WHEELS = 2800 // MB, twelve wheels
const DISK = { cpu: 0.8, gpu: 1.2, cuda: 5.4 } as const // GB

/**
 * @param find for tests: where a package is installed
 * @throws UsageError that says what is missing, and how to get it
 */
export function planNative(
  request: NativeRequest,
  find: (packageName: string) => string | null = packageFolder,
  environment: NodeJS.ProcessEnv = process.env,
): NativePlan {
  const { gpu, cuda, wheel } = request
  if (process.platform !== 'linux')
    throw new UsageError('install-native: expected Linux: the wheels for other systems hold no such libraries.')
  if (cuda && !gpu) throw new UsageError('install-native: --cuda goes with --gpu.')
  const packageName: NativePackage = gpu ? '@tensorflow/tfjs-node-gpu' : '@tensorflow/tfjs-node'
  const folder = find(packageName)
  if (folder === null) {
    throw new UsageError(
      `install-native: the package ${packageName} is not installed: npm install --ignore-scripts ${packageName}@${NATIVE_VERSION} ` +
        '(with --no-save where it is to leave package.json alone), then this again.',
    )
  }
  if (!existsSync(join(folder, 'binding', 'tfjs_binding.cc'))) {
    throw new UsageError(
      `install-native: ${folder} lacks the sources of its addon (binding/*.cc): install ${packageName}@${NATIVE_VERSION} again.`,
    )
  }
  if (wheel !== undefined && !existsSync(wheel)) throw new UsageError(`install-native: --wheel ${wheel}: there is no such file.`)
  const given = wheel === undefined ? null : wheelName(wheel)
  const distribution = given?.distribution ?? request.distribution ?? (gpu ? 'tensorflow' : 'tensorflow-cpu')
  const knowsCards = distribution !== 'tensorflow-cpu'
  const version = given?.version ?? request.version ?? (knowsCards ? VERSIONS.gpu : VERSIONS.cpu)
  if (!/^\d+\.\d+\.\d+([a-z]+\d+)?$/.test(version)) {
    throw new UsageError(`install-native: --tf ${version}: expected a version of TensorFlow, such as ${VERSIONS.cpu}.`)
  }
  const tools = findTools(environment)
  const downloads: Download[] = []
  if (wheel === undefined) {
    const megabytes = WHEELS[`${distribution} ${version}`] ?? (knowsCards ? USUAL_WHEEL.gpu : USUAL_WHEEL.cpu)
    downloads.push({ what: `${distribution} ${version} (a Python wheel, through pip)`, megabytes })
  }
  if (cuda) downloads.push({ what: 'the CUDA libraries that it names (Python wheels, through pip)', megabytes: CUDA_WHEELS })
  if (tools.headers === null) downloads.push({ what: 'node-api-headers (npm)', megabytes: 0.2 })
  const disk = cuda ? DISK.cuda : knowsCards ? DISK.gpu : DISK.cpu
  return { packageName, folder, distribution, version, cuda, wheel: wheel ?? null, downloads, disk, tools }
}

/** tensorflow_cpu-2.15.1-cp311-….whl → what it holds. @throws UsageError for another kind of name */
function wheelName(file: string): { readonly distribution: string; readonly version: string } {
  const [, name, version] = /^(tensorflow\w*)-([^-]+)-.*\.whl$/.exec(basename(file)) ?? []
  if (name === undefined || version === undefined) {
    throw new UsageError(
      `install-native: --wheel ${file}: expected a wheel of TensorFlow, named as it was downloaded: tensorflow_cpu-2.15.1-….whl.`,
    )
  }
  return { distribution: name.replaceAll('_', '-'), version }
}

/** What a person is to know before saying yes. */
export function describePlan({ packageName, folder, distribution, version, downloads, disk }: NativePlan): string {
  const size = (megabytes: number) => (megabytes >= 1000 ? `${(megabytes / 1000).toFixed(1)} GB` : `${megabytes} MB`)
  return [
    `Builds the addon of ${packageName} with the libraries of ${distribution} ${version}.`,
    downloads.length === 0 ? 'Downloads nothing.' : 'Downloads:',
    ...downloads.map(({ what, megabytes }) => `  about ${size(megabytes)}  ${what}`),
    `Writes about ${disk} GB into ${folder}; \`install-native --undo\` takes it back. npm ci and npm rebuild do too.`,
    '',
  ].join('\n')
}

function findTools(environment: NodeJS.ProcessEnv): NativeTools {
  const python = environment['PYTHON'] ?? 'python3'
  const compiler = environment['CXX'] ?? 'g++'
  const missing = [
    works(python, ['-m', 'pip', '--version'])
      ? null
      : `Python with pip (${python} -m pip; apt install python3-pip, or name one with PYTHON)`,
    works(compiler, ['--version']) ? null : `a C++ compiler (${compiler}; apt install g++, or name one with CXX)`,
  ].filter((tool) => tool !== null)
  if (missing.length > 0) throw new UsageError(`install-native: needs ${missing.join(' and ')}.`)
  const headers = join(process.execPath, '..', '..', 'include', 'node')
  return { python, compiler, headers: existsSync(join(headers, 'node_api.h')) ? headers : null }
}

const works = (command: string, args: readonly string[]): boolean => spawnSync(command, args, { stdio: 'ignore' }).status === 0
