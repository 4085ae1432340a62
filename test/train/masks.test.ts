/** A masked and a squashed run that stopped go on as if they never had, to the bit. */
import { expect, test } from 'vitest'
import type { RunConfigInput } from '../../src/core/config/schema.js'
import { eventsOf, ofKind, smallConfig } from '../support/small-run.js'

test.each<[string, Partial<RunConfigInput>]>([
  ['masked, in arrays', { env: 'Taxi-v4' }],
  ['masked, one after the other', { env: 'Taxi-v4', vectorization: 'serial' }],
  ['squashed', { env: 'Pendulum-v1', network: { hidden: [16], squash: true } }],
])('%s', async (_what, changes) => {
  const config = smallConfig({ ...changes, totalSteps: 768, checkpointEvery: 256, recordEvery: 0, backend: 'cpu' })
  const straight = await eventsOf(config)
  const checkpoints = ofKind(straight, 'checkpoint')
  const middle = checkpoints.find(({ step, reason }) => step === 256 && reason === 'periodic')!
  const resumed = ofKind(await eventsOf(config, { resume: middle.snapshot }), 'checkpoint')
  expect(resumed.at(-1)!.snapshot).toEqual(checkpoints.at(-1)!.snapshot)
})

test('masks change what is learnt, and only where there are any', async () => {
  const final = async (changes: Partial<RunConfigInput>) =>
    ofKind(await eventsOf(smallConfig({ totalSteps: 256, backend: 'cpu', ...changes })), 'checkpoint').at(-1)!.snapshot.arrays
  expect(await final({ env: 'Taxi-v4', masks: 'off' })).not.toEqual(await final({ env: 'Taxi-v4' }))
  expect(await final({ masks: 'off' })).toEqual(await final({}))
})
