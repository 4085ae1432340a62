/** Who computes a run, and that a run goes on under the same arithmetic alone. */
import { expect, test } from 'vitest'
import type { Bundle } from '../../src/core/bundle.js'
import type { RunConfigInput } from '../../src/core/config/schema.js'
import { RunError, UsageError } from '../../src/core/errors.js'
import type { RunStarted } from '../../src/core/events.js'
import { assemble, refuseUnrunnable } from '../../src/train/parts.js'
import { eventsOf, ofKind, smallConfig } from '../support/small-run.js'

async function startedBy(changes: Partial<RunConfigInput>): Promise<Omit<RunStarted, 'kind' | 'step'>> {
  const parts = await assemble(smallConfig(changes))
  parts.dispose()
  return parts.started
}

test('auto takes the fused kernels and says which build and why', async () => {
  expect(await startedBy({})).toMatchObject({
    backend: 'fused',
    computing: expect.stringMatching(/^fused, (relaxed|strict|plain) kernels: .+/),
  })
  expect(await startedBy({ kernels: 'plain' })).toMatchObject({ computing: 'fused, plain kernels: asked for' })
})

test('what the kernels do not know goes to TensorFlow.js, with the reason', async () => {
  const started = await startedBy({ env: 'Pendulum-v1', network: { squash: true } })
  expect(started).toMatchObject({
    backend: 'wasm',
    computing: expect.stringMatching(/^wasm .*: the fused kernels know no squashed-gaussian policy$/),
  })
  expect(await startedBy({ backend: 'cpu' })).toMatchObject({ backend: 'cpu', computing: expect.stringContaining('asked for') })
})

test('asked for, the fused backend refuses what it cannot do, before anything starts', async () => {
  const config = smallConfig({ env: 'Pendulum-v1', backend: 'fused', network: { squash: true } })
  await expect(assemble(config)).rejects.toThrow(UsageError)
  expect(() => refuseUnrunnable(config)).toThrow(
    'backend "fused" cannot do this: the fused kernels know no squashed-gaussian policy. Leave --backend out, or take wasm.',
  )
})

test('no tensors are counted where there are none', async () => {
  const parts = await assemble(smallConfig())
  expect(parts.memory()).toEqual({ tensors: 0, bytes: 0 })
  parts.dispose()
})

test('a run goes on to the bit under its own build, and is refused under another', async () => {
  const ends = async (changes: Partial<RunConfigInput>, resume?: Bundle): Promise<Bundle> =>
    ofKind(await eventsOf(smallConfig(changes), resume && { resume }), 'checkpoint').at(-1)!.snapshot
  const parameters = ({ arrays }: Bundle) => arrays['agent/learner/network/parameters']
  const half = await ends({ stopAt: 512, kernels: 'strict' })
  const whole = await ends({ kernels: 'strict' })
  expect(parameters(await ends({ kernels: 'strict' }, half))).toEqual(parameters(whole))
  await expect(ends({ kernels: 'plain' }, half)).rejects.toThrow(RunError)
  await expect(ends({ kernels: 'plain' }, half)).rejects.toThrow(
    /computed by fused, strict kernels, here it would go on by fused, plain kernels.*Write backend: fused and kernels: strict into the config.yaml/,
  )
  await expect(ends({ backend: 'cpu' }, half)).rejects.toThrow(/here it would go on by cpu/)
})
