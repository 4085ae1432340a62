import { existsSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { box } from '../../envs/spaces/box.js'
import { discrete } from '../../envs/spaces/discrete.js'
import { multiDiscrete } from '../../envs/spaces/multi-discrete.js'
import type { Bundle } from '../../src/core/bundle.js'
import type { RunConfig } from '../../src/core/config/schema.js'
import { RunError } from '../../src/core/errors.js'
import { exportFormats } from '../../src/export/formats.js'
import { describePolicy } from '../../src/export/policy.js'
import { assemble } from '../../src/train/parts.js'
import { initialProgress, takeSnapshot } from '../../src/train/snapshot.js'
import { smallConfig } from '../support/small-run.js'

const seen = box({ low: -1, high: 1, shape: [4] })
let config: RunConfig
let snapshot: Bundle
beforeAll(async () => {
  config = smallConfig({ normalize: { observations: true }, backend: 'cpu' })
  const parts = await assemble(config)
  await parts.agent.iterate(0)
  snapshot = takeSnapshot(parts, initialProgress())
  parts.dispose()
})
const described = (changes: Partial<RunConfig> = {}, actionSpace: Parameters<typeof describePolicy>[1]['actionSpace'] = discrete(2)) =>
  describePolicy({ ...config, ...changes }, { observationSpace: seen, actionSpace }, snapshot, 128)

test('layers, statistics and how actions are counted', () => {
  const { actor, critic, statistics, actions, observationSize, logStd, distribution, step } = described({}, discrete(2, { start: 3 }))
  expect([observationSize, step, distribution, logStd]).toEqual([4, 128, 'categorical', null])
  expect(actor.map(({ name, inputs, outputs, activation }) => [name, inputs, outputs, activation])).toEqual([
    ['actor/hidden-0', 4, 16, 'tanh'],
    ['actor/hidden-1', 16, 16, 'tanh'],
    ['actor/output', 16, 2, 'linear'],
  ])
  expect(critic.at(-1)!.kernel).toHaveLength(16)
  expect(statistics).toMatchObject({ epsilon: 1e-8, clip: 10 })
  expect(statistics!.variance.every((v) => v !== 1)).toBe(true)
  expect(actions).toEqual({ kind: 'choices', sizes: [2], starts: [3], masked: false })
  expect(described({ normalize: { ...config.normalize, observations: false } }).statistics).toBeNull()
  expect(described({}, multiDiscrete([2], { start: [-7] })).actions).toMatchObject({ starts: [-7] })
})

describe('a snapshot of another run is refused', () => {
  test('another network, by name and shape', () => {
    expect(() => described({ network: { ...config.network, hidden: [8] } })).toThrow(
      'checkpoint: the weights belong to another network: expected actor/hidden-0/kernel [4, 8], got actor/hidden-0/kernel [4, 16].',
    )
    expect(() => described({}, discrete(3))).toThrow('expected actor/output/kernel [16, 3], got actor/output/kernel [16, 2]')
  })

  test('one without the statistics', () => {
    const { normalizer, ...rest } = snapshot.header['agent'] as Record<string, never>
    const without = { ...snapshot, header: { ...snapshot.header, agent: rest } }
    const spaces = { observationSpace: seen, actionSpace: discrete(2) }
    expect(normalizer).toBeDefined()
    expect(() => describePolicy(config, spaces, without, 0)).toThrow(new RunError('checkpoint: part "normalizer" is missing'))
    const rewardsOnly = {
      ...snapshot,
      header: { ...snapshot.header, agent: { ...rest, normalizer: { kind: 'normalizer', observations: null } } },
    }
    expect(() => describePolicy(config, spaces, rewardsOnly as Bundle, 0)).toThrow('the statistics of the observations are missing')
  })
})

test('every format has a name of its own, and its laws tested', () => {
  const names = exportFormats().map(({ name }) => name)
  expect(new Set(names).size).toBe(names.length)
  for (const name of names) expect(existsSync(new URL(`${name}.test.ts`, import.meta.url))).toBe(true)
})
