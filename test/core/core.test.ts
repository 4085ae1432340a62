import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bundlePart, joinBundles } from '../../src/core/bundle.js'
import { CATALOG, metricEntry } from '../../src/core/catalog.js'
import { positiveInteger, within } from '../../src/core/checks.js'
import { stream } from '../../src/core/random.js'
import { didYouMean, nearest } from '../../src/core/suggest.js'

describe('random streams', () => {
  test('same seed and name: same numbers; another name or seed: others', () => {
    const draws = (seed: number, name: string) => {
      const random = stream(seed, name)
      return Array.from({ length: 5 }, () => random.next())
    }
    expect(draws(1, 'policy')).toEqual(draws(1, 'policy'))
    expect(draws(1, 'policy')).not.toEqual(draws(1, 'shuffle'))
    expect(draws(1, 'policy')).not.toEqual(draws(2, 'policy'))
  })

  test('goes on from a saved state, through JSON', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat({ max: 50 }), (seed, used) => {
        const random = stream(seed, 'x')
        for (let i = 0; i < used; i++) random.normal()
        const other = stream(0, 'x')
        other.load(JSON.parse(JSON.stringify(random.save())))
        expect([other.next(), other.normal(), other.below(10)]).toEqual([random.next(), random.normal(), random.below(10)])
      }),
    )
  })

  test('normal has mean 0 and standard deviation 1', () => {
    const random = stream(3, 'normal')
    const draws = Array.from({ length: 20_000 }, () => random.normal())
    const mean = draws.reduce((sum, x) => sum + x, 0) / draws.length
    const variance = draws.reduce((sum, x) => sum + (x - mean) ** 2, 0) / draws.length
    expect(Math.abs(mean)).toBeLessThan(0.03)
    expect(Math.abs(variance - 1)).toBeLessThan(0.05)
  })

  test('a foreign state is refused', () => {
    expect(() => stream(0, 'x').load({ c: 1 })).toThrow('random stream "x"')
  })
})

describe('checks', () => {
  test('name the option, the bound and the value', () => {
    expect(() => within('percentile: p', 101, { above: 0, atMost: 100 })).toThrow('percentile: p must be above 0 and at most 100, got 101')
    expect(() => within('x', Number.NaN, {})).toThrow('x must be a finite number, got NaN')
    expect(() => positiveInteger('window', 2.5)).toThrow('window must be a whole number of at least 1, got 2.5')
    expect(within('x', 1, { atLeast: 1, below: 2 })).toBe(1)
  })
})

describe('suggestions', () => {
  test('near names, nearest first; nothing for a far one', () => {
    expect(nearest('CartPol', ['CartPole-v1', 'Pendulum-v1'])).toEqual(['CartPole-v1'])
    expect(didYouMean('global-nrom', ['global-norm', 'agc'])).toBe(' Did you mean "global-norm"?')
    expect(didYouMean('xyzzy', ['global-norm', 'agc'])).toBe('')
  })
})

describe('bundles', () => {
  test('parts come back as they went in', () => {
    const part = { header: { step: 3 }, arrays: { 'a/b': Float32Array.of(1, 2) } }
    const joined = joinBundles({ learner: part, env: { header: {}, arrays: {} } })
    expect(bundlePart(joined, 'learner')).toEqual(part)
    expect(() => bundlePart(joined, 'toString')).toThrow('part "toString" is missing')
  })
})

describe('the catalog', () => {
  test('knows every declared metric and the families, and nothing else', () => {
    for (const name of Object.keys(CATALOG)) expect(metricEntry(name)?.meaning.length).toBeGreaterThan(5)
    expect(metricEntry('grad/layer/actor/hidden-0/norm_pre')).toBeDefined()
    expect(metricEntry('grad/group/actor/tau')).toBeDefined()
    expect(metricEntry('grad/unknown')).toBeUndefined()
  })
})
