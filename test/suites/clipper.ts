/** The laws of the clipper: what holds for every clip, whatever its rule. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Clip } from '../../src/clip/clip.js'
import { type Clipper, type ClipReport, createClipper } from '../../src/optim/clipper.js'
import { groupsOf } from '../../src/optim/groups.js'
import { layout, type ParameterLayout } from '../../src/optim/layout.js'

/** Past the first steps in which some rules wait. */
export const CONTEXT = { step: 40, learningRate: 1e-3, loss: 30 }

const shape = fc.oneof(
  fc.constant([] as number[]),
  fc.tuple(fc.integer({ min: 1, max: 5 })),
  fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })),
  fc.tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
)

/** Up to five tensors in two networks, a layer for each pair. */
export const layouts: fc.Arbitrary<ParameterLayout> = fc
  .array(shape, { minLength: 1, maxLength: 5 })
  .map((shapes) => layout(shapes.map((s, k) => ({ name: `t${k}`, shape: s, network: k % 2 ? 'critic' : 'actor', layer: `l${k >> 1}` }))))

const element = fc.oneof(fc.double({ min: -3, max: 3, noNaN: true }), fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.constant(0))

/** A layout and as many steps of gradients as asked for. */
export const courses = (steps: number) =>
  layouts.chain((table) =>
    fc.record({
      table: fc.constant(table),
      weights: fc.array(element, { minLength: table.size, maxLength: table.size }).map((w) => Float32Array.from(w)),
      gradients: fc.array(
        fc.array(element, { minLength: table.size, maxLength: table.size }).map((g) => Float32Array.from(g)),
        { minLength: 1, maxLength: steps },
      ),
    }),
  )

/** Elements of one group, in order. */
export function elementsOf(x: Float32Array, table: ParameterLayout, per: Clip['per']): Map<string, number[]> {
  return new Map(
    groupsOf(table, per).map(({ name, slices }) => {
      const found: number[] = []
      for (const { start, end, stride } of slices) for (let i = start; i < end; i += stride) found.push(x[i]!)
      return [name, found]
    }),
  )
}

function normOf(of: Clip['of'], x: readonly number[]): number {
  if (of === 'norm') return Math.hypot(...x)
  if (of === 'rms') return Math.hypot(...x) / Math.sqrt(x.length)
  return of === 'norm-1' ? x.reduce((sum, value) => sum + Math.abs(value), 0) : Math.max(...x.map(Math.abs))
}

/** Carries out the clip at its stage, behind an optimiser whose second moments are the weights' squares. */
function carryOut(clipper: Clipper, values: Float32Array, weights: Float32Array): ClipReport {
  const extras = { secondMoment: () => Float64Array.from(weights, (w) => w * w * 1e-4) }
  if (!clipper.revises) return clipper.apply(values, weights, CONTEXT, extras)
  clipper.apply(values.slice(), weights, CONTEXT, extras)
  const update = Float64Array.from(values)
  const report = clipper.revise(update, values.slice(), weights, CONTEXT, extras)
  values.set(update)
  return report
}

/** τ bounds a norm of the gradient itself. */
const isPlain = ({ rule, errorFeedback }: Clip): boolean => !rule.yardstick && !rule.measures && !errorFeedback

export function clipperSuite(name: string, makeClip: () => Clip): void {
  describe(`${name} keeps the laws of a clipper`, () => {
    test.runIf(isPlain(makeClip()))('no group leaves above its τ, and none under its limit is touched', () => {
      fc.assert(
        fc.property(courses(6), ({ table, weights, gradients }) => {
          const clip = makeClip()
          const clipper = createClipper(clip, table)
          for (const before of gradients) {
            const after = before.slice()
            const { groups, skipped } = carryOut(clipper, after, weights)
            expect(skipped).toBe(false)
            const [old, now] = [elementsOf(before, table, clip.per), elementsOf(after, table, clip.per)]
            for (const { name: group, tau, normBefore, normAfter, clipped } of groups) {
              const norm = normOf(clip.of, now.get(group)!)
              expect(norm).toBeLessThanOrEqual(tau * (1 + 1e-6) + 1e-37)
              expect(Math.abs(norm - normAfter)).toBeLessThanOrEqual(1e-6 * normAfter + 1e-37)
              expect(Math.abs(normOf(clip.of, old.get(group)!) - normBefore)).toBeLessThanOrEqual(1e-12 * normBefore)
              if (clip.shape === 'hard') {
                expect(clipped).toBe(normBefore > tau)
                if (!clipped) expect(now.get(group)).toEqual(old.get(group))
              }
              for (const value of now.get(group)!) expect(Number.isFinite(value)).toBe(true)
              if (clip.of === 'element' && clip.shape === 'hard')
                for (const value of now.get(group)!) expect(Math.abs(value)).toBeLessThanOrEqual(Math.fround(tau) * (1 + 1e-6))
            }
          }
        }),
        { numRuns: 60 },
      )
    })

    test.runIf(!makeClip().errorFeedback)('a clip of norms keeps the direction of each group; zeros stay zeros', () => {
      fc.assert(
        fc.property(courses(3), ({ table, weights, gradients }) => {
          const clip = makeClip()
          const clipper = createClipper(clip, table)
          for (const before of gradients) {
            const after = before.slice()
            carryOut(clipper, after, weights)
            const now = elementsOf(after, table, clip.per)
            for (const [group, old] of elementsOf(before, table, clip.per)) {
              const largest = old.reduce((at, value, i) => (Math.abs(value) > Math.abs(old[at]!) ? i : at), 0)
              const by = old[largest] === 0 ? 1 : now.get(group)![largest]! / old[largest]!
              old.forEach((value, i) => {
                if (value === 0) expect(now.get(group)![i]).toBe(value)
                else if (clip.of !== 'element')
                  expect(Math.abs(now.get(group)![i]! - value * by)).toBeLessThanOrEqual(1e-6 * Math.abs(value * by) + 1e-37)
                else expect(Math.sign(now.get(group)![i]!) * Math.sign(value)).toBeGreaterThanOrEqual(0)
              })
            }
          }
        }),
        { numRuns: 60 },
      )
    })

    test('saved, through JSON, at every step: the same course', () => {
      fc.assert(
        fc.property(courses(8), ({ table, weights, gradients }) => {
          const straight = createClipper(makeClip(), table)
          let halting = createClipper(makeClip(), table)
          for (const before of gradients) {
            const [one, two] = [before.slice(), before.slice()]
            carryOut(straight, one, weights)
            straight.feedback({ name: 'loss', value: one[0]! })
            const saved = JSON.parse(JSON.stringify(halting.save()))
            halting = createClipper(makeClip(), table)
            halting.load(saved)
            carryOut(halting, two, weights)
            halting.feedback({ name: 'loss', value: two[0]! })
            expect(two).toEqual(one)
          }
        }),
        { numRuns: 40 },
      )
    })

    test('a gradient that is not finite is skipped: nothing moves, and the first culprit is named', () => {
      fc.assert(
        fc.property(courses(4), fc.constantFrom(Number.NaN, Infinity, -Infinity), fc.nat(), ({ table, weights, gradients }, bad, place) => {
          const clipper = createClipper(makeClip(), table)
          for (const gradient of gradients) carryOut(clipper, gradient.slice(), weights)
          const state = JSON.stringify(clipper.save())
          const broken = gradients[0]!.slice()
          const at = place % broken.length
          broken[at] = bad
          const copy = broken.slice()
          const report = clipper.apply(broken, weights, CONTEXT, { secondMoment: () => new Float64Array(table.size) })
          expect(report.skipped).toBe(true)
          expect(report.nonFinite).toBe(table.slots.find(({ offset, size }) => at >= offset && at < offset + size)!.name)
          expect(broken).toEqual(copy)
          expect(JSON.stringify(clipper.save())).toBe(state)
        }),
        { numRuns: 40 },
      )
    })
  })
}
