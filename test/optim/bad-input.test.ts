/** Every constructor says no to numbers that are none, out of range or of another type, and to options that do not exist, by name. */
import * as tf from '@tensorflow/tfjs-core'
import '@tensorflow/tfjs-backend-cpu'
import { describe, expect, test } from 'vitest'
import { clipOf } from '../../src/clip/clip.js'
import { fixed } from '../../src/clip/fixed.js'
import { LIMITS } from '../../src/clip/limits.js'
import type { Option, OptionTable } from '../../src/clip/options.js'
import { createClip } from '../../src/clip/registry.js'
import { RULES } from '../../src/clip/rules.js'
import { optimizerSchema } from '../../src/core/config/schema.js'
import { ACCLIP, acclip } from '../../src/optim/acclip.js'
import { ADAM, adam, adamw } from '../../src/optim/adam.js'
import { clipCallback } from '../../src/optim/clip-callback.js'
import { layout } from '../../src/optim/layout.js'
import { createOptimizer } from '../../src/optim/optimizer.js'
import { RMSPROP, rmsprop } from '../../src/optim/rmsprop.js'
import { SGD, sgd } from '../../src/optim/sgd.js'
import { tfAdam, tfAdamW, tfRmsprop, tfSgd } from '../../src/optim/tf-optimizers.js'
import { withClipping } from '../../src/optim/with-clipping.js'

const TABLE = layout([{ name: 'w', shape: [2], network: 'n', layer: 'w' }])

type Make = (options: Record<string, unknown>) => unknown

interface Constructor {
  readonly name: string
  readonly options: OptionTable
  readonly flags: readonly string[]
  readonly make: Make
}

const flat =
  (make: (table: typeof TABLE, options: never) => unknown): Make =>
  (options) =>
    make(TABLE, options as never)
const CONSTRUCTORS: readonly Constructor[] = [
  ...Object.entries(RULES).map(([name, { options }]) => ({
    name: `clip ${name}`,
    options: { ...LIMITS, ...options } as OptionTable,
    flags: [],
    make: (given: Record<string, unknown>) => createClip({ ...given, name } as never),
  })),
  { name: 'adam', options: ADAM, flags: ['amsgrad'], make: flat(adam) },
  { name: 'adamw', options: ADAM, flags: ['amsgrad'], make: flat(adamw) },
  { name: 'rmsprop', options: RMSPROP, flags: ['centered'], make: flat(rmsprop) },
  { name: 'sgd', options: SGD, flags: ['nesterov'], make: flat(sgd) },
  { name: 'acclip', options: ACCLIP, flags: [], make: flat(acclip) },
  { name: 'tfAdam', options: ADAM, flags: ['amsgrad'], make: (options) => tfAdam(1, options) },
  { name: 'tfAdamW', options: ADAM, flags: ['amsgrad'], make: (options) => tfAdamW(1, options) },
  { name: 'tfRmsprop', options: RMSPROP, flags: ['centered'], make: (options) => tfRmsprop(1, options) },
  { name: 'tfSgd', options: SGD, flags: ['nesterov'], make: (options) => tfSgd(1, options) },
]

/** What must not get through. */
function wrong(option: Option): unknown[] {
  switch (option.kind) {
    case 'number': {
      const { above, atLeast, below, atMost, whole } = option
      const outside = [above, below, ...(atLeast === undefined ? [] : [atLeast - 1]), ...(atMost === undefined ? [] : [atMost + 1])]
      const nothing = above !== undefined ? [0 - Math.abs(above), -1] : []
      return [Number.NaN, Number.POSITIVE_INFINITY, 'much', true, {}, ...outside, ...nothing, ...(whole ? [1.5] : [])].filter(
        (bad) => bad !== undefined,
      )
    }
    case 'choice':
      return ['nonsense', 1, true]
    case 'text':
      return [1, '']
    case 'rules':
      return [1, [], [1]]
  }
}

describe.each(CONSTRUCTORS)('$name', ({ options, flags, make }) => {
  test('takes its own defaults', () => {
    make(Object.fromEntries(Object.entries(options).map(([name, option]) => [name, option.default])))
  })

  test('refuses what is wrong with each option, and names it', () => {
    for (const [name, option] of Object.entries(options))
      for (const bad of wrong(option)) expect(() => make({ [name]: bad }), `${name} = ${bad}`).toThrow(name)
    for (const name of flags)
      for (const bad of [1, 'yes', null]) expect(() => make({ [name]: bad }), `${name} = ${bad}`).toThrow(`${name} must be true or false`)
  })

  test('refuses a misspelt option, and says which it might be', () => {
    for (const name of [...Object.keys(options), ...flags]) {
      if (name.length < 3) continue
      const misspelt = `${name.slice(0, -2)}${name.at(-1)}${name.at(-2)}x`.replace(/^(.)(.)x$/, '$1$2$2x')
      expect(() => make({ [misspelt]: 1 })).toThrow(misspelt)
      expect(() => make({ [`${name}s`]: 1 })).toThrow(name.length > 3 ? /Did you mean|It takes|options/ : `${name}s`)
    }
  })
})

test.each<[string, () => unknown, string]>([
  [
    'withClipping',
    () => withClipping(tf.train.sgd(1), 'none', { feedbackEvry: 3 } as never),
    'withClipping has no option "feedbackEvry". Did you mean "feedbackEvery"?',
  ],
  ['withClipping', () => withClipping(tf.train.sgd(1), 'none', { maxSkips: Number.NaN }), 'maxSkips must be a whole number'],
  ['observe', () => withClipping(tf.train.sgd(1), 'none').observe(() => {}, { evry: 3 } as never), 'observe has no option "evry"'],
  [
    'clipCallback',
    () => clipCallback(withClipping(tf.train.sgd(1), 'none'), { layer: true } as never),
    'clipCallback has no option "layer". Did you mean "layers"?',
  ],
  ['clipOf', () => clipOf(fixed(1), { pre: 'unit' } as never), 'fixed(1) has no option "pre". Did you mean "per"?'],
  ['clipOf', () => clipOf(fixed(1), { per: 'units' as never }), 'per must be one of model, network, layer, tensor, unit, got "units"'],
  ['tfAdam', () => tfAdam(Number.NaN), 'learningRate'],
  ['tfAdam', () => tfAdam({ kind: 'linaer' } as never), 'learningRate'],
  ['tfAdam', () => tfAdam(1, { plateau: { patinece: 1 } as never }), 'patinece'],
  ['tfAdam', () => tfAdam({ learningRate: 1 } as never), 'learningRate'],
])('%s refuses it', (_name, make, said) => {
  expect(make).toThrow(said)
})

describe('acclip by a configuration', () => {
  test('is the optimiser of its own constructor, with every setting', () => {
    const optimizer = createOptimizer(
      optimizerSchema.parse({ name: 'acclip', beta1: 0.5, magnitudeDecay: 0.8, moment: 1.5, epsilon: 1e-4 }),
      TABLE,
    )
    const same = acclip(TABLE, { beta1: 0.5, beta2: 0.8, moment: 1.5, epsilon: 1e-4 })
    const [a, b] = [Float64Array.of(1, 2), Float64Array.of(1, 2)]
    for (let t = 1; t < 10; t++) {
      optimizer.step(a, Float64Array.of(t, -1 / t), 0.1)
      same.step(b, Float64Array.of(t, -1 / t), 0.1)
    }
    expect(a).toEqual(b)
    expect(optimizer.name).toBe('acclip')
  })

  test('has the defaults of its text', () => {
    const [a, b] = [Float64Array.of(1, 2), Float64Array.of(1, 2)]
    createOptimizer(optimizerSchema.parse({ name: 'acclip' }), TABLE).step(a, Float64Array.of(3, 4), 0.1)
    acclip(TABLE).step(b, Float64Array.of(3, 4), 0.1)
    expect(a).toEqual(b)
  })
})
