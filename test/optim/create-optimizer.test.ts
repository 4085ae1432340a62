/** From a configuration to a flat optimiser. */
import { describe, expect, test } from 'vitest'
import { optimizerSchema } from '../../src/core/config/schema.js'
import { adam, adamw } from '../../src/optim/adam.js'
import { createOptimizer, type FlatOptimizer } from '../../src/optim/optimizer.js'
import { rmsprop } from '../../src/optim/rmsprop.js'
import { sgd } from '../../src/optim/sgd.js'
import { optimizerSuite } from '../suites/optimizer.js'
import { COURSE, gradientValues, startValues } from '../support/optim-fixture.js'

const made = (settings: object) => createOptimizer(optimizerSchema.parse(settings), COURSE)

function course(optimizer: FlatOptimizer): Float64Array {
  const parameters = Float64Array.from(startValues())
  for (let t = 1; t <= 20; t++) optimizer.step(parameters, Float64Array.from(gradientValues(t)), 0.01)
  return parameters
}

const E = { epsilon: 1e-5 }

describe('every setting reaches the optimiser', () => {
  test.each<[settings: object, same: FlatOptimizer]>([
    [{}, adam(COURSE, E)],
    [{ beta1: 0.5, beta2: 0.9, epsilon: 1e-3, amsgrad: true }, adam(COURSE, { beta1: 0.5, beta2: 0.9, epsilon: 1e-3, amsgrad: true })],
    [{ epsilonAs: 'tensorflow' }, adam(COURSE, { ...E, epsilonTo: 'uncorrected' })],
    [{ weightDecay: 0.1, weightDecayKind: 'l2' }, adam(COURSE, { ...E, weightDecay: 0.1, weightDecayKind: 'l2' })],
    [{ name: 'adamw' }, adamw(COURSE, E)],
    [{ name: 'adamw' }, adam(COURSE, { ...E, weightDecay: 0.01 })],
    [{ name: 'adamw', weightDecay: 0 }, adam(COURSE, E)],
    [{ name: 'rmsprop', decay: 0.8, centered: true }, rmsprop(COURSE, { ...E, decay: 0.8, centered: true })],
    [{ name: 'rmsprop', epsilonAs: 'tensorflow', momentum: 0.5 }, rmsprop(COURSE, { ...E, epsilonTo: 'inside', momentum: 0.5 })],
    [{ name: 'rmsprop', weightDecay: 0.1 }, rmsprop(COURSE, { ...E, weightDecay: 0.1 })],
    [{ name: 'rmsprop', weightDecay: 0.1, weightDecayKind: 'l2' }, rmsprop(COURSE, { ...E, weightDecay: 0.1, weightDecayKind: 'l2' })],
    [{ name: 'sgd' }, sgd(COURSE)],
    [{ name: 'sgd', nesterov: true }, sgd(COURSE)],
    [
      { name: 'sgd', momentum: 0.9, nesterov: true, weightDecay: 0.1, weightDecayKind: 'l2' },
      sgd(COURSE, { momentum: 0.9, nesterov: true, weightDecay: 0.1, weightDecayKind: 'l2' }),
    ],
  ])('%j', (settings, same) => {
    expect(course(made(settings))).toEqual(course(same))
  })

  test('the courses above differ from each other', () => {
    const courses = [{}, { name: 'adamw' }, { epsilonAs: 'tensorflow' }, { amsgrad: true }, { name: 'rmsprop' }, { name: 'sgd' }].map(
      (settings) => JSON.stringify([...course(made(settings))]),
    )
    expect(new Set(courses).size).toBe(courses.length)
  })
})

optimizerSuite('adamw', (of) => createOptimizer(optimizerSchema.parse({ name: 'adamw' }), of))

test('decoupled decay of RMSprop: weights shrink by α·λ, apart from the step', () => {
  const one = { slots: [{ name: 'w', shape: [1], network: 'n', layer: 'w', offset: 0, size: 1 }], size: 1 }
  const w = Float64Array.of(2)
  rmsprop(one, { weightDecay: 0.5 }).step(w, Float64Array.of(0), 0.1)
  expect(w[0]).toBe(1.9)
})
