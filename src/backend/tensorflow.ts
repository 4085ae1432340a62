/**
 * TensorFlow's own kernels through `@tensorflow/tfjs-node` and `@tensorflow/tfjs-node-gpu`.
 *
 * Both packages call themselves 'tensorflow' inside TensorFlow.js, and one process can hold only one of them: their libraries share a name, so
 * the second would silently run on the first one's. Which package it is does not say what computes either: without a usable card the -gpu
 * package runs on the processor, and says nothing. So the device is asked, and a graphics processor that was asked for and is not used is an error.
 */
import { existsSync, readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { RunError, UsageError } from '../core/errors.js'
import { readBuild } from './native/build-record.js'
import { importOptional, SOFTWARE_REMEDY, softwareAllowed } from './optional.js'

type Tf = typeof import('@tensorflow/tfjs-core')

export type NativePackage = '@tensorflow/tfjs-node' | '@tensorflow/tfjs-node-gpu'

/** The release whose sources and kernels we know. */
export const NATIVE_VERSION = '4.22.0'

let loaded: NativePackage | null = null

/**
 * Loads a package, which registers the backend 'tensorflow'.
 * @throws UsageError when it is not installed or its addon is not built, or when the other one is loaded already
 * @throws RunError when the addon does not load, or when `gpu` is wanted and none is used
 */
export async function loadTensorFlow(tf: Tf, packageName: NativePackage): Promise<void> {
  const gpu = packageName === '@tensorflow/tfjs-node-gpu'
  const backend = gpu ? 'tensorflow-gpu' : 'tensorflow'
  if (loaded !== null && loaded !== packageName) {
    throw new UsageError(
      `backend "${backend}": this process has loaded ${loaded} already, and can hold only one of the two; start another.`,
    )
  }
  prepare()
  try {
    await importOptional(packageName, backend, `npm install --ignore-scripts ${packageName}@${NATIVE_VERSION}, then ${build(gpu)}`)
  } catch (error) {
    if (error instanceof UsageError) throw error
    throw explain(error as Error, backend, packageName)
  }
  loaded = packageName
  await tf.setBackend('tensorflow')
  if (gpu && !usesGpu(tf) && !softwareAllowed()) throw new RunError(noGpu(packageName))
}

/** 'CPU, TensorFlow 2.15.1' */
export function tensorFlowDevice(tf: Tf): string {
  const { binding } = native(tf)
  return `${usesGpu(tf) ? 'GPU' : 'CPU'}, TensorFlow ${binding.TF_Version}`
}

/** What TensorFlow needs to find in Node and in the environment, before it is loaded. Settings that are there stay. */
function prepare(): void {
  const util = createRequire(import.meta.url)('node:util') as Record<string, unknown>
  // Kernels call these two, which Node 22 warns of and Node 23 does not have.
  util['isNullOrUndefined'] = (value: unknown) => value === null || value === undefined
  util['isArray'] = Array.isArray
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '1' // no word about every library that it finds
  process.env['TF_FORCE_GPU_ALLOW_GROWTH'] ??= 'true' // otherwise it takes the whole memory of the card
}

interface NativeBackend {
  readonly isUsingGpuDevice: boolean
  readonly binding: { readonly TF_Version: string }
}

const native = (tf: Tf): NativeBackend => tf.backend() as unknown as NativeBackend

const usesGpu = (tf: Tf): boolean => native(tf).isUsingGpuDevice

const build = (gpu: boolean): string => `tau-rl install-native${gpu ? ' --gpu --cuda' : ''}`

function explain(error: Error, backend: string, packageName: NativePackage): Error {
  const gpu = packageName.endsWith('-gpu')
  if (/tfjs_binding\.node\) can not be found/.test(error.message)) {
    return new UsageError(`backend "${backend}": the addon of ${packageName} is not built: ${build(gpu)}`)
  }
  return new RunError(`backend "${backend}" could not be loaded: ${error.message.split('\n')[0]}. To build its addon anew: ${build(gpu)}`)
}

/** Why TensorFlow found no graphics processor, as far as the machine tells. */
function noGpu(packageName: NativePackage): string {
  return `backend "tensorflow-gpu": TensorFlow uses no graphics processor here. ${gpuTroubles(packageFolder(packageName)).join(' ')} ${SOFTWARE_REMEDY}.`
}

/** @param folder of the package  @param devices for tests: where the system keeps its devices */
export function gpuTroubles(folder: string | null, devices = '/dev', environment: NodeJS.ProcessEnv = process.env): string[] {
  const troubles: string[] = []
  const cards = existsSync(devices) ? readdirSync(devices).filter((name) => /^nvidia\d+$/.test(name)) : []
  if (process.platform !== 'linux') troubles.push('It can use one on Linux only.')
  else if (cards.length === 0)
    troubles.push("No NVIDIA card shows itself (no /dev/nvidia0): install the card's driver, or give the container the card.")
  const visible = environment['CUDA_VISIBLE_DEVICES']
  if (visible === '' || visible === '-1') troubles.push('CUDA_VISIBLE_DEVICES hides every card: unset it.')
  const record = folder === null ? null : readBuild(folder)
  if (record?.distribution === 'tensorflow-cpu') {
    troubles.push('Its addon was built from tensorflow-cpu, which knows no cards: tau-rl install-native --gpu --cuda.')
  } else if (record && !existsSync(join(folder!, 'deps', 'nvidia'))) {
    troubles.push(
      'Its addon was built without the CUDA libraries: tau-rl install-native --gpu --cuda, unless the system has those that it wants.',
    )
  }
  return troubles.length > 0 ? troubles : ['A card is there, but its CUDA libraries did not load: TF_CPP_MIN_LOG_LEVEL=0 shows which.']
}

/** Where a package is installed, as seen from here; null where it is not. */
export function packageFolder(packageName: string): string | null {
  try {
    return dirname(createRequire(import.meta.url).resolve(`${packageName}/package.json`))
  } catch {
    return null
  }
}
