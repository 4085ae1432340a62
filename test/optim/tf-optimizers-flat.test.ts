/** Our tf optimisers in float32 against the flat ones in float64. */
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { selectBackend } from '../../src/backend/backends.js'
import { optimizerSchema } from '../../src/core/config/schema.js'
import { createOptimizer } from '../../src/optim/optimizer.js'
import { tfAdam, tfAdamW, tfRmsprop, tfSgd } from '../../src/optim/tf-optimizers.js'
import { COURSE, gradientValues, startValues } from '../support/optim-fixture.js'
import { courseVariables, steps, values } from '../support/tf-course.js'

beforeAll(async () => {
  await selectBackend('wasm')
})

describe('against the flat optimisers, 2,000 steps', () => {
  test.each([
    ['adam', { name: 'adam', epsilon: 1e-8 }, () => tfAdam(1e-3)],
    [
      'adam, L2',
      { name: 'adam', epsilon: 1e-8, weightDecay: 0.01, weightDecayKind: 'l2' },
      () => tfAdam(1e-3, { weightDecay: 0.01, weightDecayKind: 'l2' }),
    ],
    ['adamw', { name: 'adamw', epsilon: 1e-8 }, () => tfAdamW(1e-3)],
    ['rmsprop', { name: 'rmsprop', epsilon: 1e-8, weightDecay: 0.01 }, () => tfRmsprop(1e-3, { weightDecay: 0.01 })],
    [
      'sgd',
      { name: 'sgd', momentum: 0.9, nesterov: true, weightDecay: 0.01 },
      () => tfSgd(1e-3, { momentum: 0.9, nesterov: true, weightDecay: 0.01 }),
    ],
  ])('%s', (_name, settings, make) => {
    const flat = createOptimizer(optimizerSchema.parse(settings), COURSE)
    const parameters = Float64Array.from(startValues())
    for (let t = 1; t <= 2000; t++) flat.step(parameters, Float64Array.from(gradientValues(t)), 1e-3)
    const of = courseVariables()
    const optimizer = make()
    steps(optimizer, of, 1, 2000)
    expect(values(of)).toBeAllClose([...parameters], 1e-4, 1e-4) // float32 against float64
    optimizer.dispose()
    tf.dispose(of)
  })
})
