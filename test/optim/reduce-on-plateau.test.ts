import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  observePlateau,
  PLATEAU_START,
  type PlateauOptions,
  type PlateauState,
  plateauSettings,
} from '../../src/optim/reduce-on-plateau.js'

/** The scale after each number. */
function scales(options: PlateauOptions, values: readonly number[]): number[] {
  const settings = plateauSettings(options)
  let state: PlateauState = PLATEAU_START
  return values.map((value) => {
    state = observePlateau(settings, state, value)
    return state.scale
  })
}

const losses = fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { maxLength: 60 })

describe('the laws', () => {
  test('adding a constant to every loss changes nothing when the threshold is absolute: signs do not matter', () => {
    const whole = fc.array(fc.integer({ min: -50, max: 50 }), { maxLength: 60 })
    fc.assert(
      fc.property(whole, fc.integer({ min: -1000, max: 1000 }), (values, by) => {
        const options = { patience: 2, rtol: 0, atol: 2 }
        expect(
          scales(
            options,
            values.map((value) => value + by),
          ),
        ).toEqual(scales(options, values))
      }),
    )
  })

  test('higher returns are lower losses', () => {
    fc.assert(
      fc.property(losses, (values) => {
        const returns = values.map((value) => -value)
        expect(scales({ patience: 1, cooldown: 2, goal: 'higher' }, returns)).toEqual(scales({ patience: 1, cooldown: 2 }, values))
      }),
    )
  })

  test('the scale never rises, and a state that went through JSON goes on the same', () => {
    fc.assert(
      fc.property(losses, (values) => {
        const settings = plateauSettings({ patience: 1, minScale: 1e-3 })
        let [state, copy]: [PlateauState, PlateauState] = [PLATEAU_START, PLATEAU_START]
        for (const value of values) {
          const next = observePlateau(settings, state, value)
          expect(next.scale).toBeLessThanOrEqual(state.scale)
          expect(next.scale).toBeGreaterThanOrEqual(1e-3)
          copy = observePlateau(settings, JSON.parse(JSON.stringify(copy)), value)
          expect(copy).toEqual(next)
          state = next
        }
      }),
    )
  })
})

describe('by hand', () => {
  test.each<[string, PlateauOptions, number[], number[]]>([
    [
      'patience 2: the third that is not better lowers it',
      { patience: 2, factor: 0.5 },
      [3, 3, 3, 3, 3, 3, 3],
      [1, 1, 1, 0.5, 0.5, 0.5, 0.25],
    ],
    ['a better one starts the count anew', { patience: 1, factor: 0.5 }, [3, 3, 2, 2, 2], [1, 1, 1, 1, 0.5]],
    ['cooldown 2: two reports do not count', { patience: 0, factor: 0.5, cooldown: 2 }, [3, 3, 3, 3, 3], [1, 0.5, 0.5, 0.5, 0.25]],
    ['patience 0: each lowers it, down to minScale', { patience: 0, factor: 0.1, minScale: 0.05 }, [1, 1, 1, 1], [1, 0.1, 0.05, 0.05]],
    ['better by less than rtol is not better', { patience: 0, factor: 0.5, rtol: 0.1 }, [100, 91, 89], [1, 0.5, 0.5]],
    ['a negative loss that gets worse is not better', { patience: 0, factor: 0.5, rtol: 0.1 }, [-100, -95], [1, 0.5]],
    ['a negative loss must fall by rtol', { patience: 0, factor: 0.5, rtol: 0.1 }, [-100, -105, -111], [1, 0.5, 0.5]],
    ['near 0 atol decides', { patience: 0, factor: 0.5, rtol: 0.1, atol: 1 }, [0, -0.9, -1.1], [1, 0.5, 0.5]],
    [
      'what is not finite is not better',
      { patience: 1, factor: 0.5 },
      [Number.NaN, 1, Number.NaN, Number.NEGATIVE_INFINITY],
      [1, 1, 1, 0.5],
    ],
  ])('%s', (_name, options, values, expected) => {
    expect(scales(options, values)).toBeAllClose(expected, 1e-12)
  })
})

test.each<[object, string]>([
  [{ factor: 1 }, 'plateau: factor must be above 0 and below 1, got 1'],
  [{ patience: -1 }, 'plateau: patience must be at least 0, got -1'],
  [{ cooldown: 0.5 }, 'plateau: cooldown must be a whole number, got 0.5'],
  [{ goal: 'min' }, 'plateau: goal must be one of lower, higher, got "min"'],
  [{ patiense: 3 }, 'plateau has no option "patiense". Did you mean "patience"?'],
])('refuses %j', (options, said) => {
  expect(() => plateauSettings(options as PlateauOptions)).toThrow(said)
})
