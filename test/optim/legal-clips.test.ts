/** Every legal combination of words, for every rule, keeps the laws of a clipper; the table of the documentation says what is legal. */
import { describe, expect, test } from 'vitest'
import { legalTable } from '../../scripts/readme.js'
import { CLIP_LIKE, CLIP_OF, CLIP_PER, CLIP_SHAPES, CLIP_STAGES, clipOf } from '../../src/clip/clip.js'
import { fixed } from '../../src/clip/fixed.js'
import { legalRows, legalWords, valuesOf } from '../../src/clip/legal.js'
import { clipNames, createClip } from '../../src/clip/registry.js'
import { RULES } from '../../src/clip/rules.js'
import { createClipper } from '../../src/optim/clipper.js'
import { layout } from '../../src/optim/layout.js'
import { CLIPPER_LAWS, CONTEXT } from '../suites/clipper.js'

const RUNS = 3
const ROWS = legalRows()

describe.each(ROWS.flatMap(({ configs, words }) => configs.map((config) => [JSON.stringify(config), config, words] as const)))(
  '%s in every legal combination',
  (_name, config, words) => {
    const { rule } = createClip(config)
    test.each(CLIPPER_LAWS.map((law) => [law.name, law] as const))('%s', (_law, { holdsFor, check }) => {
      for (const one of words) {
        if (!holdsFor(clipOf(rule, one))) continue
        try {
          check(() => clipOf(rule, one), RUNS)
        } catch (error) {
          throw new Error(`${JSON.stringify(one)}: ${(error as Error).message}`, { cause: error })
        }
      }
    })
  },
)

test('as tensorflow, where 1/τ and 1/n are beyond float32: cut to τ, where TensorFlow itself would make infinities', () => {
  const table = layout([{ name: 'w', shape: [1], network: 'n', layer: 'w' }])
  const gradient = Float32Array.of(4e-39)
  createClipper(clipOf(fixed(1e-39), { like: 'tensorflow' }), table).apply(gradient, new Float32Array(0), CONTEXT)
  expect(gradient[0]).toBeCloseTo(1e-39, 44)
})

describe('what is legal', () => {
  test('has a row for every rule, and for each of its choices that changes what is legal', () => {
    const names = ROWS.flatMap((row) => row.names)
    expect(new Set(names.map((name) => name.split(':')[0]))).toEqual(new Set(Object.keys(RULES)))
    expect(names).toEqual(expect.arrayContaining(['fixed', 'mean-std:over=element', 'mean-std:over=history']))
    expect(new Set(names).size).toBe(names.length)
  })

  test('a row allows its words in all combinations, but for three that never are: so the table says it all', () => {
    for (const { words } of ROWS) {
      const allowed = valuesOf('of', words).flatMap((of) =>
        valuesOf('per', words).flatMap((per) =>
          valuesOf('shape', words).flatMap((shape) =>
            valuesOf('stage', words).flatMap((stage) =>
              valuesOf('like', words).flatMap((like) =>
                valuesOf('errorFeedback', words).map((errorFeedback) => ({ of, per, shape, stage, like, errorFeedback })),
              ),
            ),
          ),
        ),
      )
      const never = ({ of, shape, stage, like, errorFeedback }: (typeof allowed)[number]): boolean =>
        (shape === 'rescale' && of !== 'element') ||
        (like !== 'exact' && (of === 'element' || shape !== 'hard')) ||
        (errorFeedback && stage === 'update')
      expect(words).toEqual(allowed.filter((one) => !never(one)))
    }
  })

  test('createClip says the same as the table, and every preset is in it', () => {
    for (const name of clipNames()) {
      const { rule, of, per, shape, stage, like, errorFeedback } = createClip({ name })
      const words = legalWords(rule)
      expect(words).toContainEqual({ of, per, shape, stage, like, errorFeedback })
      const legal = new Set(words.map((one) => JSON.stringify(one)))
      for (const of of CLIP_OF)
        for (const shape of CLIP_SHAPES)
          for (const stage of CLIP_STAGES) {
            const one = { of, per: CLIP_PER[0], shape, stage, like: CLIP_LIKE[0], errorFeedback: false }
            const make = () => createClip({ name, ...one })
            if (legal.has(JSON.stringify(one))) expect(make).not.toThrow()
            else expect(make).toThrow(/must|is for/)
          }
    }
  })

  test('the table names every rule once', () => {
    const table = legalTable()
    for (const name of ROWS.flatMap((row) => row.names)) expect(table.split(`\`${name}\``)).toHaveLength(2)
  })
})
