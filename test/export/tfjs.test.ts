import * as tf from '@tensorflow/tfjs-core'
import { type LayersModel, loadLayersModel } from '@tensorflow/tfjs-layers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { selectBackend } from '../../src/backend/backends.js'
import { tfjs } from '../../src/export/tfjs.js'
import { exportFormatSuite } from '../suites/export-format.js'
import { exportCase } from '../support/export-cases.js'

const loaded: LayersModel[] = []
beforeAll(() => selectBackend('cpu'))
afterAll(() => {
  for (const model of loaded) model.dispose()
})

/** The files as `loadLayersModel` finds them beside each other at an address. */
async function load(files: ReadonlyMap<string, Uint8Array>): Promise<LayersModel> {
  const fetchFunc = async (url: string) => {
    const bytes = files.get(url.split('/').at(-1)!)
    return new Response(bytes ? Buffer.from(bytes) : null, {
      status: bytes ? 200 : 404,
      headers: { 'content-type': url.endsWith('.json') ? 'application/json' : 'application/octet-stream' },
    })
  }
  const model = await loadLayersModel(tf.io.http('http://somewhere/policy/model.json', { fetchFunc: fetchFunc as typeof fetch }))
  loaded.push(model)
  return model
}

exportFormatSuite(tfjs, async (files) => {
  const model = await load(files)
  return {
    metadata: model.getUserDefinedMetadata(),
    answer: async (observations, rows, masks) => {
      const inputs = [observations, ...(masks ? [Float32Array.from(masks)] : [])].map((x) => tf.tensor2d(x, [rows, x.length / rows]))
      const outputs = model.predict(inputs.length === 1 ? inputs[0]! : inputs) as tf.Tensor[]
      const [answer, values] = await Promise.all(outputs.map((x) => x.data()))
      tf.dispose([...inputs, ...outputs])
      return { outputs: Array.from(answer!), values: Array.from(values!) }
    },
  }
})

test('two models can be loaded at once', async () => {
  const { policy } = await exportCase('multi-binary')
  const [a, b] = [await load(tfjs.encode(policy)), await load(tfjs.encode(policy))]
  expect(a.countParams()).toBe(b.countParams())
  expect(a.inputs.map((input) => input.shape)).toEqual([[null, policy.observationSize]])
})

test('masked logits are the bare ones where everything is allowed', async () => {
  const { policy, answers } = await exportCase('masked')
  const open = { ...policy, actions: { ...policy.actions, masked: false } } as typeof policy
  const run = async (model: LayersModel, masked: boolean) => {
    const x = tf.tensor2d(answers.observations, [answers.rows, policy.observationSize])
    const ones = tf.ones([answers.rows, 6])
    const outputs = model.predict(masked ? [x, ones] : x) as tf.Tensor[]
    const logits = await outputs[0]!.data()
    tf.dispose([x, ones, ...outputs])
    return logits
  }
  expect(await run(await load(tfjs.encode(policy)), true)).toEqual(await run(await load(tfjs.encode(open)), false))
})
