/**
 * WebGPU in Node: the package `webgpu` (Dawn) brings the device, `@tensorflow/tfjs-backend-webgpu` the kernels.
 *
 * We choose the adapter ourselves instead of letting TensorFlow.js ask, for three reasons. Software adapters (Mesa's lavapipe, SwiftShader,
 * WARP) are refused unless asked for: they are hundreds of times slower than wasm. Errors that nobody catches and the loss of the device are
 * remembered, and fail whoever computes on it (`check`): results after them are worthless. And the device is asked for as many storage buffers
 * as the adapter has; where `addN` is given more tensors than that, it adds them in pieces (stock 4.22 fails on more than seven).
 */
import { RunError } from '../core/errors.js'
import { importOptional, SOFTWARE_REMEDY, softwareAllowed } from './optional.js'

type Tf = typeof import('@tensorflow/tfjs-core')

/** What of an adapter or a device is used here: the packages that declare them may not be installed. */
export interface GpuAdapter {
  readonly info: GpuInfo
  readonly features: { has(name: string): boolean }
  readonly limits: Readonly<Record<string, number>>
  requestDevice(descriptor: unknown): Promise<GpuDevice>
}

export interface GpuInfo {
  readonly vendor: string
  readonly architecture: string
  readonly device: string
  readonly description: string
  readonly isFallbackAdapter?: boolean
}

export interface GpuDevice {
  readonly limits: Readonly<Record<string, number>>
  readonly lost: Promise<{ readonly reason: string; readonly message: string }>
  addEventListener(type: 'uncapturederror', listener: (event: { readonly error: { readonly message: string } }) => void): void
  destroy(): void
}

interface Gpu {
  requestAdapter(options: unknown): Promise<GpuAdapter | null>
}

const REMEDY = 'npm install webgpu @tensorflow/tfjs-backend-webgpu@4.22.0'

/** The device in use; kept, because Dawn ends with the last reference to it. */
let open: { readonly gpu: Gpu; readonly device: GpuDevice; readonly name: string; readonly watch: DeviceWatch } | null = null

/**
 * Opens a device, unless a healthy one is open, and registers it as the backend 'webgpu'.
 * @throws UsageError when a package is missing @throws RunError when there is no adapter, or only one that is software
 */
export async function loadWebGpu(tf: Tf): Promise<void> {
  if (open && open.watch.trouble() === null) return
  const dawn = await importOptional('webgpu', 'webgpu', REMEDY)
  const { WebGPUBackend } = await importOptional('@tensorflow/tfjs-backend-webgpu', 'webgpu', REMEDY)
  const gpu = (dawn['create'] as (options: string[]) => Gpu)([])
  const adapter = await findAdapter(gpu)
  Object.assign(globalThis, dawn['globals']) // GPUBufferUsage and the like, which the kernels name
  const device = await adapter.requestDevice(deviceDescriptor(adapter))
  open = { gpu, device, name: adapterName(adapter.info), watch: watchDevice(device) }

  if (tf.findBackendFactory('webgpu')) tf.removeBackend('webgpu') // one whose device was lost, or that the package registered by itself
  const construct = WebGPUBackend as new (device: GpuDevice, info: GpuInfo) => InstanceType<Tf['KernelBackend']>
  tf.registerBackend('webgpu', () => withNavigator(gpu, () => new construct(device, adapter.info)))
  addInPieces(tf, device.limits['maxStorageBuffersPerShaderStage']! - 1)
}

/** 'GPU, NVIDIA GeForce RTX 3080 (WebGPU)' */
export const webGpuDevice = (): string => open!.name

/** @throws RunError when the device was lost or has reported an error */
export function checkWebGpu(): void {
  const trouble = open?.watch.trouble()
  if (trouble) throw new RunError(trouble)
}

/** @returns an adapter that may be used @throws RunError that says why there is none */
export async function findAdapter(gpu: Gpu, software = softwareAllowed()): Promise<GpuAdapter> {
  if (software) {
    const adapter = (await gpu.requestAdapter({ forceFallbackAdapter: true })) ?? (await gpu.requestAdapter({}))
    if (adapter) return adapter
    throw new RunError(
      'backend "webgpu": there is no adapter at all, not even the software one that TAU_RL_GPU=software asks for. ' +
        'Install a Vulkan driver (Mesa 23 or later: mesa-vulkan-drivers, libvulkan1), or name one with VK_ICD_FILENAMES.',
    )
  }
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' })
  if (!adapter)
    throw new RunError(
      'backend "webgpu": no graphics processor was found. It needs a driver for Vulkan (on Linux: libvulkan1 and the driver of the card), Metal or Direct3D 12.',
    )
  if (isSoftware(adapter.info))
    throw new RunError(
      `backend "webgpu": no graphics processor was found, only software that imitates one (${adapter.info.description || adapter.info.device}), ` +
        `which is far slower than wasm. Install the driver of the card; ${SOFTWARE_REMEDY}.`,
    )
  return adapter
}

/** Whether an adapter is a program on the processor. */
export function isSoftware({ isFallbackAdapter, vendor, architecture, device, description }: GpuInfo): boolean {
  if (isFallbackAdapter === true) return true
  return /swiftshader|llvmpipe|lavapipe|softpipe|software|basic render|\bwarp\b/i.test(
    [vendor, architecture, device, description].join(' '),
  )
}

export function adapterName(info: GpuInfo): string {
  const name =
    info.description || [info.vendor, info.architecture, info.device].filter((part) => part !== '').join(' ') || 'unnamed adapter'
  return `${isSoftware(info) ? 'CPU, software WebGPU' : 'GPU, WebGPU'} on ${name}`
}

function deviceDescriptor({ features, limits }: GpuAdapter): unknown {
  const asked = [
    'maxComputeWorkgroupStorageSize',
    'maxComputeWorkgroupsPerDimension',
    'maxStorageBufferBindingSize',
    'maxStorageBuffersPerShaderStage',
    'maxBufferSize',
    'maxComputeWorkgroupSizeX',
    'maxComputeInvocationsPerWorkgroup',
  ]
  return {
    requiredFeatures: ['timestamp-query'].filter((name) => features.has(name)),
    requiredLimits: Object.fromEntries(asked.map((name) => [name, limits[name]])),
  }
}

/** What befell a device. */
export interface DeviceWatch {
  /** null as long as all is well. The first trouble stays. */
  trouble(): string | null
}

export function watchDevice(device: Pick<GpuDevice, 'lost' | 'addEventListener'>): DeviceWatch {
  let trouble: string | null = null
  device.addEventListener('uncapturederror', ({ error }) => {
    trouble ??= `the WebGPU device reported an error, so that results can no longer be trusted: ${firstLines(error.message)}`
  })
  device.lost.then(({ reason, message }) => {
    trouble ??= `the WebGPU device was lost (${reason}): ${firstLines(message)}`
  })
  return { trouble: () => trouble }
}

const firstLines = (text: string): string => text.trim().split('\n').slice(0, 3).join(' ')

/** The backend's constructor looks for `navigator.gpu`, which Node does not have; afterwards nothing does. */
function withNavigator<T>(gpu: Gpu, make: () => T): T {
  const before = Object.getOwnPropertyDescriptor(globalThis, 'navigator')
  Object.defineProperty(globalThis, 'navigator', { value: { gpu }, configurable: true, writable: true })
  try {
    return make()
  } finally {
    if (before) Object.defineProperty(globalThis, 'navigator', before)
    else Reflect.deleteProperty(globalThis, 'navigator')
  }
}

/** Replaces the kernel of `addN` on webgpu by one that adds at most `most` tensors at a time. */
function addInPieces(tf: Tf, most: number): void {
  const stock = tf.getKernel('AddN', 'webgpu')
  if (stock === undefined || (stock as { inPieces?: boolean }).inPieces) return
  type Sum = (args: { inputs: unknown; backend: { disposeIntermediateTensorInfo?: unknown; disposeData(id: object): unknown } }) => Info
  type Info = { readonly dataId: object; readonly shape: number[]; readonly dtype: string }
  const add = stock.kernelFunc as unknown as Sum
  const inPieces: Sum = ({ inputs, backend }) => {
    const tensors = inputs as readonly Info[]
    if (tensors.length <= most) return add({ inputs: tensors, backend })
    const parts: Info[] = []
    for (let i = 0; i < tensors.length; i += most) parts.push(inPieces({ inputs: tensors.slice(i, i + most), backend }))
    const total = inPieces({ inputs: parts, backend })
    for (const part of parts) backend.disposeData(part.dataId)
    return total
  }
  tf.unregisterKernel('AddN', 'webgpu')
  tf.registerKernel({ ...stock, kernelFunc: inPieces as never, ...{ inPieces: true } })
}
