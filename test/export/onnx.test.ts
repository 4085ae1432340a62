import { expect, test } from 'vitest'
import { onnx } from '../../src/export/onnx.js'
import { exportFormatSuite } from '../suites/export-format.js'
import { exportCase } from '../support/export-cases.js'
import { matrix, readOnnx } from '../support/onnx-run.js'

exportFormatSuite(onnx, async (files) => {
  const model = readOnnx(files.get('policy')!)
  return {
    metadata: JSON.parse(model.metadata['tau-rl']!),
    answer: async (observations, rows, masks) => {
      const { logits, mean, value, action } = model.run({
        observations: matrix(observations, rows),
        ...(masks && { action_mask: matrix(masks, rows) }),
      })
      return { outputs: (logits ?? mean)!.data, values: value!.data, actions: action!.data }
    },
  }
})

test('inputs, outputs and versions are as written', async () => {
  const read = async (name: string) => readOnnx(onnx.encode((await exportCase(name)).policy).get('policy')!)
  const masked = await read('masked')
  expect([masked.irVersion, masked.opset]).toEqual([8, 17])
  expect([masked.inputs, masked.outputs]).toEqual([
    ['observations', 'action_mask'],
    ['logits', 'value', 'action'],
  ])
  expect([(await read('box')).inputs, (await read('box')).outputs]).toEqual([['observations'], ['mean', 'log_std', 'value', 'action']])
})

test('choices are counted as the environment counts', async () => {
  const { policy, answers } = await exportCase('multi-discrete')
  const moved = { ...policy, actions: { ...policy.actions, starts: [5, -1] } } as typeof policy
  const { action } = readOnnx(onnx.encode(moved).get('policy')!).run({ observations: matrix(answers.observations, answers.rows) })
  expect(action).toEqual({ shape: [answers.rows, 2], data: answers.actions.map((a, i) => a + (i % 2 === 0 ? 5 : -1)) })
  const single = await exportCase('discrete')
  const from7 = { ...single.policy, actions: { ...single.policy.actions, starts: [7] } } as typeof policy
  const run = readOnnx(onnx.encode(from7).get('policy')!).run({ observations: matrix(single.answers.observations, 32) })
  expect(run['action']).toEqual({ shape: [32], data: single.answers.actions.map((a) => a + 7) })
})

test('an open bound stays open', async () => {
  const { policy } = await exportCase('box')
  const open = {
    ...policy,
    actions: {
      kind: 'box',
      low: Float32Array.of(Number.NEGATIVE_INFINITY),
      high: Float32Array.of(Number.POSITIVE_INFINITY),
      squash: false,
    },
  } as typeof policy
  const model = readOnnx(onnx.encode(open).get('policy')!)
  const { mean, action } = model.run({ observations: matrix([0.5, -0.5, 3], 1) })
  expect(action).toEqual(mean)
  expect(JSON.parse(model.metadata['tau-rl']!).actions).toEqual({ kind: 'box', low: [null], high: [null], squash: false })
})
