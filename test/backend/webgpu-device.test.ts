/** What is decided about adapters and devices, on made-up ones: what a real one computes, webgpu.test.ts asks. */
import { describe, expect, test, vi } from 'vitest'
import { adapterName, findAdapter, type GpuAdapter, type GpuInfo, isSoftware, watchDevice } from '../../src/backend/webgpu.js'

const CARD: GpuInfo = {
  vendor: 'nvidia',
  architecture: 'ampere',
  device: '',
  description: 'NVIDIA GeForce RTX 3080',
  isFallbackAdapter: false,
}
const LAVAPIPE: GpuInfo = {
  vendor: 'mesa',
  architecture: 'software',
  device: 'llvmpipe',
  description: 'llvmpipe: Mesa 25.0.7',
  isFallbackAdapter: true,
}

const gpuWith = (card: GpuInfo | null, fallback: GpuInfo | null) => ({
  requestAdapter: async ({ forceFallbackAdapter }: { forceFallbackAdapter?: boolean }) => {
    const info = forceFallbackAdapter ? fallback : (card ?? fallback)
    return info && ({ info } as GpuAdapter)
  },
})

describe('which adapter', () => {
  test('the card where there is one, even beside a software adapter', async () => {
    expect((await findAdapter(gpuWith(CARD, LAVAPIPE) as never, false)).info).toBe(CARD)
  })

  test('software never by itself: the message names it and says how to accept it', async () => {
    await expect(findAdapter(gpuWith(null, LAVAPIPE) as never, false)).rejects.toThrow(
      /only software that imitates one \(llvmpipe: Mesa 25\.0\.7\).*TAU_RL_GPU=software accepts it/,
    )
  })

  test('software where it is asked for, also beside a card', async () => {
    expect((await findAdapter(gpuWith(CARD, LAVAPIPE) as never, true)).info).toBe(LAVAPIPE)
    vi.stubEnv('TAU_RL_GPU', 'software')
    expect((await findAdapter(gpuWith(null, LAVAPIPE) as never)).info).toBe(LAVAPIPE)
    vi.unstubAllEnvs()
  })

  test('none at all', async () => {
    await expect(findAdapter(gpuWith(null, null) as never, false)).rejects.toThrow('no graphics processor was found. It needs a driver')
    await expect(findAdapter(gpuWith(null, null) as never, true)).rejects.toThrow('no adapter at all')
  })

  test.each([
    ['Google', 'swiftshader', 'SwiftShader Device (Subzero)'],
    ['microsoft', '', 'Microsoft Basic Render Driver'],
    ['mesa', '', 'llvmpipe (LLVM 15.0.6, 256 bits)'],
  ])('software that does not own up to it: %s %s %s', (vendor, architecture, description) => {
    expect(isSoftware({ vendor, architecture, device: '', description })).toBe(true)
  })

  test('their names', () => {
    expect(adapterName(CARD)).toBe('GPU, WebGPU on NVIDIA GeForce RTX 3080')
    expect(adapterName(LAVAPIPE)).toBe('CPU, software WebGPU on llvmpipe: Mesa 25.0.7')
    expect(adapterName({ vendor: 'amd', architecture: 'rdna-3', device: '', description: '' })).toBe('GPU, WebGPU on amd rdna-3')
  })
})

describe('what befalls a device', () => {
  function device() {
    let lose: (info: { reason: string; message: string }) => void = () => {}
    const listeners: ((event: { error: { message: string } }) => void)[] = []
    const lost = new Promise<{ reason: string; message: string }>((resolve) => {
      lose = resolve
    })
    const watch = watchDevice({ lost, addEventListener: (_type, listener) => void listeners.push(listener) })
    return { watch, lose, fail: (message: string) => listeners.forEach((listener) => void listener({ error: { message } })) }
  }

  test('nothing: no trouble', () => {
    expect(device().watch.trouble()).toBeNull()
  })

  test('it is lost', async () => {
    const { watch, lose } = device()
    lose({ reason: 'unknown', message: 'GPU reset\nby the driver\nat\nnight' })
    await Promise.resolve()
    expect(watch.trouble()).toBe('the WebGPU device was lost (unknown): GPU reset by the driver at')
  })

  test('an error that nobody caught, of which the first is told', async () => {
    const { watch, fail, lose } = device()
    fail('13 storage buffers exceed the limit of 8')
    fail('another')
    lose({ reason: 'destroyed', message: '' })
    await Promise.resolve()
    expect(watch.trouble()).toMatch(/reported an error, .* can no longer be trusted: 13 storage buffers/)
  })
})
