/** max(a, b) in other operations on wasm: the same within one rounding, and exactly a where a is the larger. */
import * as tf from '@tensorflow/tfjs-core'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { selectBackend } from '../../src/backend/backends.js'
import { larger } from '../../src/optim/tf-spent.js'

beforeAll(() => selectBackend('wasm'))
afterAll(() => selectBackend('cpu'))

test('larger of two moments, on wasm', () => {
  const moment = fc.float({ min: 0, max: Math.fround(1e30), noNaN: true, noDefaultInfinity: true })
  fc.assert(
    fc.property(fc.array(fc.tuple(moment, moment), { minLength: 1, maxLength: 20 }), (pairs) => {
      const [a, b] = [tf.tensor1d(pairs.map(([x]) => x)), tf.tensor1d(pairs.map(([, y]) => y))]
      const before = tf.memory().numTensors
      const found = larger(a, b)
      expect(tf.memory().numTensors).toBe(before + 1)
      found.dataSync().forEach((value, i) => {
        const [x, y] = pairs[i]!
        if (x >= y) expect(value).toBe(x)
        else expect(Math.abs(value - y)).toBeLessThanOrEqual(1.2e-7 * y)
      })
      tf.dispose([a, b, found])
    }),
  )
})
