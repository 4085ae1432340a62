/**
 * Which TensorFlow.js backend computes, and how it is started: with its gradients registered, without the network, and quietly.
 *
 * In Node tfjs-core alone registers no gradients; importing tfjs-layers does. The flag PROD silences the banner that advertises another
 * package at the first tensor, and skips checks that only help while developing tfjs itself. On wasm our own kernels replace slow and missing
 * ones (src/kernels/accelerate.ts), where version and layout of TensorFlow.js are the known ones.
 */
import { RunError, UsageError } from '../core/errors.js'
import { didYouMean } from '../core/suggest.js'
import type { Acceleration } from '../kernels/accelerate.js'
import { FUSED } from './fused.js'
import { loadTensorFlow, tensorFlowDevice } from './tensorflow.js'
import { checkWebGpu, loadWebGpu, webGpuDevice } from './webgpu.js'

export interface Backend {
  /** The TensorFlow.js name: 'wasm', 'cpu'. */
  readonly name: string
  /** What it runs on, for people. */
  readonly device: string
  /** Why this one. */
  readonly reason: string
  /** What TensorFlow.js calls it. */
  readonly tfName: string
  /** Whether numbers are read back only by waiting for them. */
  readonly asynchronous: boolean
  /** @throws RunError when the device was lost, or has met an error after which results mean nothing */
  readonly check: () => void
}

/** A backend that can be asked for. */
export interface BackendEntry {
  readonly name: string
  readonly meaning: string
  /** The npm package that brings it. */
  readonly package: string
  /** Imports the package, which registers the backend. */
  readonly load: (tf: Tf) => Promise<unknown>
  /** Once it is active. */
  readonly device: (tf: Tf) => string
  /** Whether our kernels can run on it. */
  readonly accelerable?: boolean
  /** What TensorFlow.js calls it, where that is not `name`. */
  readonly tfName?: string
  /** Whether 'auto' leaves it alone. */
  readonly onlyWhenAsked?: boolean
  /** Whether numbers are read back only by waiting for them. */
  readonly asynchronous?: boolean
  /** Whether it loads native code, which may end the process: the doctor tries it in another. */
  readonly native?: boolean
  /** @throws RunError when the device was lost, or has met an error after which results mean nothing */
  readonly check?: () => void
}

export interface SelectOptions {
  /** Our kernels on wasm. Default true, unless the environment variable TAU_RL_ACCELERATE is 'off'. */
  readonly accelerate?: boolean
}

type Tf = typeof import('@tensorflow/tfjs-core')

/** Of packages that are not dependencies of ours. */
const OPTIONAL = { onlyWhenAsked: true, native: true } as const

const BACKENDS: readonly BackendEntry[] = [
  {
    name: 'wasm',
    meaning: 'TensorFlow.js in WebAssembly with SIMD, on one thread: any network',
    package: '@tensorflow/tfjs-backend-wasm',
    load: () => import('@tensorflow/tfjs-backend-wasm'),
    device: (tf) => `CPU, WebAssembly ${tf.env().getBool('WASM_HAS_SIMD_SUPPORT') ? 'with' : 'without'} SIMD`,
    accelerable: true,
  },
  {
    name: 'cpu',
    meaning: 'plain JavaScript: slow, but works everywhere',
    package: '@tensorflow/tfjs-backend-cpu',
    load: () => import('@tensorflow/tfjs-backend-cpu'),
    device: () => 'CPU, plain JavaScript',
  },
  {
    name: 'webgpu',
    meaning: 'a graphics processor through Vulkan, Metal or Direct3D: for convolutions and wide networks',
    package: 'webgpu',
    load: loadWebGpu,
    device: webGpuDevice,
    check: checkWebGpu,
    asynchronous: true,
    ...OPTIONAL,
  },
  {
    name: 'tensorflow',
    meaning: "TensorFlow's kernels on the processor: fast convolutions",
    package: '@tensorflow/tfjs-node',
    load: (tf) => loadTensorFlow(tf, '@tensorflow/tfjs-node'),
    device: tensorFlowDevice,
    ...OPTIONAL,
  },
  {
    name: 'tensorflow-gpu',
    meaning: "TensorFlow's kernels on an NVIDIA card",
    package: '@tensorflow/tfjs-node-gpu',
    tfName: 'tensorflow',
    load: (tf) => loadTensorFlow(tf, '@tensorflow/tfjs-node-gpu'),
    device: tensorFlowDevice,
    asynchronous: true,
    ...OPTIONAL,
  },
]

/** Every backend of TensorFlow.js that can be asked for. 'auto' takes the first that starts, of those that are ours. */
export const backends = (): readonly BackendEntry[] => BACKENDS

/**
 * Starts a backend and makes it the active one.
 * @param name 'auto', or a name of `backends()`
 * @param entries for tests: other backends than ours
 * @param options `{ accelerate: false }` for the kernels that TensorFlow.js brings
 * @throws UsageError for a name that nobody knows or that is not supported, or when its package is missing
 * @throws RunError when it does not start
 */
export async function selectBackend(
  name: string,
  entries: readonly BackendEntry[] = BACKENDS,
  { accelerate = process.env['TAU_RL_ACCELERATE'] !== 'off' }: SelectOptions = {},
): Promise<Backend> {
  if (name === 'auto') return firstThatStarts(entries, accelerate)
  const entry = entries.find((candidate) => candidate.name === name)
  if (!entry) throw unknown(name, entries)
  return start(entry, 'asked for', accelerate)
}

async function firstThatStarts(entries: readonly BackendEntry[], accelerate: boolean): Promise<Backend> {
  const failures: string[] = []
  for (const entry of entries.filter(({ onlyWhenAsked }) => !onlyWhenAsked)) {
    try {
      return await start(entry, ['fastest that starts here', ...failures].join('; '), accelerate)
    } catch (error) {
      failures.push((error as Error).message)
    }
  }
  throw new RunError(`no backend starts: ${failures.join('; ')}`)
}

async function start(entry: BackendEntry, reason: string, accelerate: boolean): Promise<Backend> {
  const { name, package: packageName, load, device, accelerable = false, tfName = name } = entry
  const tf = await tfjs()
  try {
    await load(tf)
  } catch (error) {
    if (error instanceof UsageError || error instanceof RunError) throw error
    if (isMissing(error))
      throw new UsageError(`backend "${name}" needs the package ${packageName}: npm install ${packageName}@${tf.version_core}`)
    throw new RunError(`backend "${name}" could not be loaded: ${(error as Error).message}`)
  }
  const started = await tf.setBackend(tfName).catch(() => false)
  if (!started) throw new RunError(`backend "${name}" did not start on this machine; try --backend cpu`)
  await tf.ready()
  const faster = accelerable && (await withKernels(tf, accelerate))
  const { asynchronous = false, check = () => {} } = entry
  return { name, device: faster ? `${device(tf)}, accelerated` : device(tf), reason, tfName, asynchronous, check }
}

/** What the last selection registered. */
let acceleration: Acceleration | null = null

/** Registers our kernels, or takes them back. @returns whether they run now */
async function withKernels(tf: Tf, wanted: boolean): Promise<boolean> {
  acceleration?.undo()
  acceleration = null
  if (!wanted) return false
  const { accelerate } = await import('../kernels/accelerate.js')
  acceleration = accelerate(tf)
  return acceleration.active
}

/** tfjs-core with all gradients registered, and silent. */
async function tfjs(): Promise<Tf> {
  const tf = await import('@tensorflow/tfjs-core')
  tf.env().set('PROD', true)
  await import('@tensorflow/tfjs-layers')
  return tf
}

function isMissing(error: unknown): boolean {
  const { code } = error as { code?: string }
  return code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND'
}

function unknown(name: string, entries: readonly BackendEntry[]): UsageError {
  if (name === FUSED.name)
    return new UsageError('backend "fused" is none of TensorFlow.js: there is nothing to start; see createFusedLearner.')
  const supported = ['auto', FUSED.name, ...entries.map((entry) => entry.name)]
  return new UsageError(`there is no backend "${name}": supported are ${supported.join(', ')}.${didYouMean(name, supported)}`)
}
