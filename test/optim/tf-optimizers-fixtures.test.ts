/** Our tf optimisers against PyTorch, optax, Keras and Stable-Baselines3, in float32 on each backend, and against the flat ones. */
import * as tf from '@tensorflow/tfjs-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { selectBackend } from '../../src/backend/backends.js'
import type { TfOptimizer } from '../../src/optim/tf-optimizer.js'
import { tfAdam, tfAdamW, tfRmsprop, tfSgd } from '../../src/optim/tf-optimizers.js'
import { type Clip, globalNorm, tensorNorm, torchNorm, value } from '../support/optim-fixture.js'
import { followTf } from '../support/tf-course.js'

const LINEAR = { kind: 'linear', from: 0.01, to: 0, steps: 50 } as const
const COSINE = { kind: 'cosine', from: 0.01, to: 0, steps: 50 } as const
const KERAS = { epsilon: 1e-7, epsilonTo: 'uncorrected' } as const

const CASES: readonly [name: string, make: () => TfOptimizer, clip?: Clip][] = [
  ['torch_adam', () => tfAdam(0.01)],
  ['torch_adam_eps1e-5', () => tfAdam(0.0003, { epsilon: 1e-5 })],
  ['torch_adam_l2', () => tfAdam(0.01, { weightDecay: 0.1, weightDecayKind: 'l2' })],
  ['torch_adam_amsgrad', () => tfAdam(0.01, { amsgrad: true })],
  ['torch_adam_betas', () => tfAdam(0.01, { beta1: 0.8, beta2: 0.95 })],
  ['torch_adam_beta1_zero', () => tfAdam(0.01, { beta1: 0, beta2: 0.99 })],
  ['torch_adam_clip0.5', () => tfAdam(0.003, { epsilon: 1e-5 }), torchNorm(0.5)],
  ['torch_adam_clip0.05_always', () => tfAdam(0.003, { epsilon: 1e-5 }), torchNorm(0.05)],
  ['torch_adam_linear', () => tfAdam(LINEAR)],
  ['torch_adam_cosine_clip', () => tfAdam(COSINE), torchNorm(0.5)],
  ['torch_adam_missing_grad', () => tfAdam(0.01)],
  ['torch_adamw', () => tfAdamW(0.01)],
  ['torch_adamw_wd0.3_clip', () => tfAdamW(0.01, { weightDecay: 0.3 }), torchNorm(0.5)],
  ['torch_rmsprop', () => tfRmsprop(0.001)],
  ['torch_rmsprop_centered', () => tfRmsprop(0.001, { centered: true })],
  ['torch_rmsprop_momentum', () => tfRmsprop(0.001, { momentum: 0.9, decay: 0.95 })],
  ['torch_rmsprop_a2c', () => tfRmsprop(0.0007, { epsilon: 1e-5 }), torchNorm(0.5)],
  ['sb3_rmsprop_tf_like', () => tfRmsprop(0.0007, { epsilon: 1e-5, epsilonTo: 'inside', initial: 1 }), torchNorm(0.5)],
  ['torch_sgd', () => tfSgd(0.01)],
  ['torch_sgd_momentum', () => tfSgd(0.01, { momentum: 0.9 })],
  ['torch_sgd_nesterov_wd', () => tfSgd(0.01, { momentum: 0.9, nesterov: true, weightDecay: 0.05, weightDecayKind: 'l2' })],
  ['optax_adam', () => tfAdam(0.01)],
  ['optax_adamw', () => tfAdamW(0.01)],
  ['optax_adam_linear', () => tfAdam(LINEAR)],
  ['optax_clip_global_adam', () => tfAdam(0.003, { epsilon: 1e-5 }), globalNorm(0.5)],
  ['optax_rmsprop', () => tfRmsprop(0.001, { decay: 0.9, epsilonTo: 'inside' })],
  [
    'optax_rmsprop_centered_momentum',
    () => tfRmsprop(0.001, { decay: 0.95, epsilon: 1e-6, epsilonTo: 'inside', centered: true, momentum: 0.9 }),
  ],
  ['optax_sgd_nesterov', () => tfSgd(0.01, { momentum: 0.9, nesterov: true })],
  ['keras_adam', () => tfAdam(0.01, KERAS)],
  ['keras_adam_eps1e-5', () => tfAdam(0.0003, { ...KERAS, epsilon: 1e-5 })],
  ['keras_adam_amsgrad', () => tfAdam(0.01, { ...KERAS, amsgrad: true })],
  ['keras_adam_global_clipnorm', () => tfAdam(0.01, { ...KERAS, epsilon: 1e-5 }), globalNorm(0.5)],
  ['keras_adam_clipnorm', () => tfAdam(0.01, KERAS), tensorNorm(0.1)],
  ['keras_adam_clipvalue', () => tfAdam(0.01, KERAS), value(0.03)],
  ['keras_adamw', () => tfAdamW(0.01, KERAS)],
  ['keras_rmsprop', () => tfRmsprop(0.001, { decay: 0.9, epsilon: 1e-7, epsilonTo: 'inside' })],
  [
    'keras_rmsprop_centered',
    () => tfRmsprop(0.001, { decay: 0.9, epsilon: 1e-7, epsilonTo: 'inside', centered: true, momentum: 0.5, momentumOf: 'step' }),
  ],
  ['keras_sgd_nesterov', () => tfSgd(0.01, { momentum: 0.9, nesterov: true })],
]

describe.each(['cpu', 'wasm'])('on %s, over 50 steps with a spike', (backend) => {
  beforeAll(async () => {
    await selectBackend(backend)
  })
  afterAll(() => tf.disposeVariables())

  test.each(CASES)('%s', (name, make, clip) => {
    const before = tf.memory().numTensors
    const optimizer = make()
    for (const [, expected, got] of followTf(name, optimizer, { ...(clip && { clip }) })) expect(got).toBeAllClose(expected, 1e-5, 5e-6)
    optimizer.dispose()
    expect(tf.memory().numTensors).toBe(before)
  })

  test('centred RMSprop under a constant gradient: rounding takes v below the squared mean, and the weights stay finite', () => {
    const g = tf.tidy(() => tf.add(tf.div(tf.range(0, 64), 7), 0.1))
    const w = tf.tidy(() => tf.zeros([64]).variable())
    const optimizer = tfRmsprop(1, { centered: true, decay: 0.9, epsilon: 1 })
    for (let t = 0; t < 200; t++) optimizer.applyGradients([{ name: w.name, tensor: g }])
    const before = w.dataSync().slice()
    optimizer.applyGradients([{ name: w.name, tensor: g }])
    const moved = w.dataSync().map((value, i) => before[i]! - value)
    expect([...moved]).toBeAllClose([...g.dataSync()], 0.02) // g/(0 + ε); the root of a rounding error is up to 1 %
    optimizer.dispose()
    tf.dispose([g, w])
  })
})
