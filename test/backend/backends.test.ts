import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, test, vi } from 'vitest'
import { type BackendEntry, backends, selectBackend } from '../../src/backend/backends.js'
import { machineFacts } from '../../src/backend/doctor.js'
import { FUSED } from '../../src/backend/fused.js'

describe('selecting a backend', () => {
  test.each(['wasm', 'cpu'])('%s starts, with gradients, and says nothing', async (name) => {
    const spies = (['log', 'warn', 'info', 'error'] as const).map((level) => vi.spyOn(console, level))
    const backend = await selectBackend(name)
    expect(backend).toMatchObject({ name, reason: 'asked for' })
    expect(tf.getBackend()).toBe(name)
    const slope = tf.tidy(
      () =>
        tf
          .grad((x) => tf.sum(tf.square(x)))(tf.tensor1d([3]))
          .dataSync()[0],
    )
    expect(slope).toBe(6)
    for (const spy of spies) {
      expect(spy).not.toHaveBeenCalled()
      spy.mockRestore()
    }
  })

  test('auto takes the fastest', async () => {
    expect(await selectBackend('auto')).toMatchObject({ name: 'wasm', device: expect.stringContaining('WebAssembly') })
  })

  test('wasm is accelerated, unless asked not to be', async () => {
    const kernel = () => tf.getKernel('Conv2DBackpropFilter', 'wasm') // stock wasm has none
    expect((await selectBackend('wasm')).device).toMatch(/, accelerated$/)
    expect(kernel()).toBeDefined()
    expect((await selectBackend('wasm', backends(), { accelerate: false })).device).not.toContain('accelerated')
    expect(kernel()).toBeUndefined()
    vi.stubEnv('TAU_RL_ACCELERATE', 'off')
    expect((await selectBackend('auto')).device).not.toContain('accelerated')
    expect(kernel()).toBeUndefined()
    vi.unstubAllEnvs()
    expect((await selectBackend('cpu')).device).not.toContain('accelerated')
  })

  test('fused is none of TensorFlow.js, and the message says what it is', async () => {
    await expect(selectBackend('fused')).rejects.toThrow(
      'backend "fused" is none of TensorFlow.js: there is nothing to start; see createFusedLearner.',
    )
  })

  test('an unknown name brings near ones', async () => {
    await expect(selectBackend('wsam')).rejects.toThrow(
      'there is no backend "wsam": supported are auto, fused, wasm, cpu, webgpu, tensorflow, tensorflow-gpu. Did you mean "wasm"?',
    )
  })
})

describe('when something is amiss', () => {
  const absent: BackendEntry = {
    name: 'absent',
    meaning: 'a package that is not installed',
    package: '@example/absent',
    load: async () => {},
    device: () => 'none',
  }
  const broken: BackendEntry = { ...absent, name: 'broken', load: () => Promise.reject(new Error('cannot open shared object')) }
  const unregistered: BackendEntry = { ...absent, name: 'unregistered', load: async () => {} }
  const [wasm, cpu] = backends() as [BackendEntry, BackendEntry]

  test('a missing package comes with its remedy', async () => {
    const missing = { ...absent, load: () => Promise.reject(Object.assign(new Error('gone'), { code: 'ERR_MODULE_NOT_FOUND' })) }
    await expect(selectBackend('absent', [missing])).rejects.toThrow(
      `backend "absent" needs the package @example/absent: npm install @example/absent@${tf.version_core}`,
    )
  })

  test('a package that does not load, and a backend that does not start, say so', async () => {
    await expect(selectBackend('broken', [broken])).rejects.toThrow('backend "broken" could not be loaded: cannot open shared object')
    await expect(selectBackend('unregistered', [unregistered])).rejects.toThrow('backend "unregistered" did not start on this machine')
  })

  test('auto goes on to the next and keeps the reason', async () => {
    expect(await selectBackend('auto', [broken, cpu])).toMatchObject({
      name: 'cpu',
      reason: expect.stringContaining('backend "broken" could not be loaded: cannot open shared object'),
    })
    await expect(selectBackend('auto', [broken, unregistered])).rejects.toThrow(/no backend starts: .*broken.*unregistered/)
  })

  test('the facts of a machine: each backend tried, and the active one left active', async () => {
    await selectBackend('cpu')
    const facts = await machineFacts([wasm, broken])
    expect(facts.backends).toEqual([
      { ...FUSED, works: true, detail: expect.stringContaining('kernels') },
      { name: 'wasm', meaning: wasm.meaning, works: true, detail: expect.stringContaining('WebAssembly') },
      { name: 'broken', meaning: broken.meaning, works: false, detail: expect.stringContaining('cannot open shared object') },
    ])
    expect(tf.getBackend()).toBe('cpu')
    expect(facts.cores).toBeGreaterThan(0)
    expect(facts.tfjs).toBe(tf.version_core)
  })
})
