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
const layouts: fc.Arbitrary<ParameterLayout> = fc
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

const [COURSES_3, COURSES_4, COURSES_6, COURSES_8] = [courses(3), courses(4), courses(6), courses(8)]

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

/** `expect` for every element of everything would take most of the time. */
function must(holds: boolean, what: string): void {
  if (!holds) throw new Error(what)
}

const sameBits = (a: ArrayLike<number>, b: ArrayLike<number>): boolean =>
  a.length === b.length && Array.prototype.every.call(a, (value: number, i: number) => Object.is(value, b[i]))

/** Under its limit another library changes a gradient by roundings of float32, and PyTorch by up to n/(n + 1e-6). */
function expectSpared(now: number, before: number, norm: number): void {
  const share = before === 0 ? 1 : now / before
  if (Math.abs(before) < 1e-30 * Math.max(1, norm)) must(Math.abs(now) <= 2 * Math.abs(before), `${before} became ${now}`)
  else must(share < 1 + 5e-7 && share > norm / (norm + 1e-6) - 5e-7, `${before} became ${now}, under the limit`)
}

interface Law {
  readonly name: string
  /** How often a thorough test tries it. */
  readonly runs: number
  readonly holdsFor: (clip: Clip) => boolean
  readonly check: (makeClip: () => Clip, numRuns: number) => void
}

export const CLIPPER_LAWS: readonly Law[] = [
  {
    name: 'no group leaves above its τ, and none under its limit is touched',
    runs: 60,
    holdsFor: isPlain,
    check(makeClip, numRuns) {
      fc.assert(
        fc.property(COURSES_6, ({ table, weights, gradients }) => {
          const clip = makeClip()
          const clipper = createClipper(clip, table)
          for (const before of gradients) {
            const after = before.slice()
            const { groups, skipped } = carryOut(clipper, after, weights)
            expect(skipped).toBe(false)
            const [old, now] = [elementsOf(before, table, clip.per), elementsOf(after, table, clip.per)]
            for (const { name: group, tau, normBefore, normAfter, clipped } of groups) {
              const norm = normOf(clip.of, now.get(group)!)
              must(norm <= tau * (1 + 1e-6) + 1e-37, `${group}: ${norm} is above τ = ${tau}`)
              must(Math.abs(norm - normAfter) <= 1e-6 * normAfter + 1e-37, `${group}: the norm is ${norm}, reported ${normAfter}`)
              const first = normOf(clip.of, old.get(group)!)
              must(Math.abs(first - normBefore) <= 1e-12 * normBefore, `${group}: the norm was ${first}, reported ${normBefore}`)
              if (clip.shape === 'hard') {
                must(clipped === normBefore > tau, `${group}: clipped ${clipped} at ${normBefore}, τ = ${tau}`)
                if (!clipped && clip.like === 'exact') must(sameBits(now.get(group)!, old.get(group)!), `${group} changed under its limit`)
                else if (!clipped) for (const [i, value] of now.get(group)!.entries()) expectSpared(value, old.get(group)![i]!, normBefore)
              }
              for (const value of now.get(group)!) must(Number.isFinite(value), `${value} is not finite`)
              if (clip.of === 'element' && clip.shape === 'hard')
                for (const value of now.get(group)!) must(Math.abs(value) <= Math.fround(tau) * (1 + 1e-6), `${value} is above τ = ${tau}`)
            }
          }
        }),
        { numRuns },
      )
    },
  },
  {
    name: 'a clip of norms keeps the direction of each group; zeros stay zeros',
    runs: 60,
    holdsFor: ({ errorFeedback }) => !errorFeedback,
    check(makeClip, numRuns) {
      fc.assert(
        fc.property(COURSES_3, ({ table, weights, gradients }) => {
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
                const change = `${value} became ${now.get(group)![i]}, another by ${by}`
                if (value === 0) must(Object.is(now.get(group)![i], value), change)
                else if (clip.of !== 'element')
                  must(Math.abs(now.get(group)![i]! - value * by) <= 1e-6 * Math.abs(value * by) + 1e-37, change)
                else must(Math.sign(now.get(group)![i]!) * Math.sign(value) >= 0, change)
              })
            }
          }
        }),
        { numRuns },
      )
    },
  },
  {
    name: 'saved, through JSON, at every step: the same course',
    runs: 40,
    holdsFor: () => true,
    check(makeClip, numRuns) {
      fc.assert(
        fc.property(COURSES_8, ({ table, weights, gradients }) => {
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
            must(sameBits(two, one), `straight [${one}], halting [${two}]`)
          }
        }),
        { numRuns },
      )
    },
  },
  {
    name: 'a gradient that is not finite is skipped: nothing moves, and the first culprit is named',
    runs: 40,
    holdsFor: () => true,
    check(makeClip, numRuns) {
      fc.assert(
        fc.property(COURSES_4, fc.constantFrom(Number.NaN, Infinity, -Infinity), fc.nat(), ({ table, weights, gradients }, bad, place) => {
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
        { numRuns },
      )
    },
  },
]

export function clipperSuite(name: string, makeClip: () => Clip): void {
  describe(`${name} keeps the laws of a clipper`, () => {
    for (const { name: law, runs, check } of CLIPPER_LAWS.filter(({ holdsFor }) => holdsFor(makeClip())))
      test(law, () => check(makeClip, runs))
  })
}
