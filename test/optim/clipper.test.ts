import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CLIP_OF, CLIP_PER, CLIP_SHAPES, clipOf } from '../../src/clip/clip.js'
import { fixed } from '../../src/clip/fixed.js'
import { clipNames, createClip } from '../../src/clip/registry.js'
import type { ClipRule } from '../../src/clip/rule.js'
import { createClipper } from '../../src/optim/clipper.js'
import { groupsOf } from '../../src/optim/groups.js'
import { layout } from '../../src/optim/layout.js'
import { CONTEXT, clipperSuite, courses, elementsOf } from '../suites/clipper.js'
import { fixture } from '../support/fixtures.js'

for (const name of clipNames()) clipperSuite(name, () => createClip({ name }))
for (const per of CLIP_PER)
  for (const of of CLIP_OF)
    for (const shape of CLIP_SHAPES)
      if (shape !== 'rescale') clipperSuite(`fixed of ${of} per ${per}, ${shape}`, () => clipOf(fixed(0.7), { of, per, shape }))

const NET = layout([
  { name: 'actor/h/kernel', shape: [2, 3], network: 'actor', layer: 'actor/h' },
  { name: 'actor/h/bias', shape: [3], network: 'actor', layer: 'actor/h' },
  { name: 'critic/h/kernel', shape: [2, 1], network: 'critic', layer: 'critic/h' },
])

describe('groups', () => {
  test.each([
    ['model', ['model']],
    ['network', ['actor', 'critic']],
    ['layer', ['actor/h', 'critic/h']],
    ['tensor', ['actor/h/kernel', 'actor/h/bias', 'critic/h/kernel']],
    ['unit', ['actor/h/kernel#0', 'actor/h/kernel#1', 'actor/h/kernel#2', 'actor/h/bias', 'critic/h/kernel']],
  ] as const)('per %s', (per, names) => {
    expect(groupsOf(NET, per).map(({ name }) => name)).toEqual(names)
  })

  test('a unit is one output feature: the column of an [in, out] kernel', () => {
    const x = Float32Array.from({ length: NET.size }, (_, i) => i)
    expect(elementsOf(x, NET, 'unit').get('actor/h/kernel#1')).toEqual([1, 4])
  })

  test('every element belongs to exactly one group', () => {
    fc.assert(
      fc.property(courses(1), fc.constantFrom(...CLIP_PER), ({ table }, per) => {
        const indices = Float32Array.from({ length: table.size }, (_, i) => i)
        const all = [...elementsOf(indices, table, per).values()].flat().sort((a, b) => a - b)
        expect(all).toEqual([...indices])
      }),
    )
  })
})

describe('by hand', () => {
  const apply = (clip: Parameters<typeof createClip>[0], gradient: number[], weights = gradient, table = NET) => {
    const g = Float32Array.from(gradient)
    return { report: createClipper(createClip(clip), table).apply(g, Float32Array.from(weights), CONTEXT), g: [...g] }
  }
  const two = layout([
    { name: 'a', shape: [2], network: 'n', layer: 'a' },
    { name: 'b', shape: [1], network: 'n', layer: 'b' },
  ])

  test('global norm: [3, 0], [4] has norm 5; τ = 1 gives a fifth, τ = 5 leaves the bits', () => {
    expect(apply({ name: 'global-norm', tau: 1 }, [3, 0, 4], undefined, two).g).toBeAllClose([0.6, 0, 0.8], 1e-6)
    expect(apply({ name: 'global-norm', tau: 5 }, [3, 0, 4], undefined, two).g).toEqual([3, 0, 4])
    expect(apply({ name: 'global-norm', tau: 0.5 }, [3, 4, 12], undefined, two)).toMatchObject({ report: { normBefore: 13, clipRate: 1 } })
  })

  test('AGC per unit: λ = .01, W = [[3, 0], [4, 0]], G = [[.3, .1], [.4, 0]]', () => {
    const square = layout([{ name: 'w', shape: [2, 2], network: 'n', layer: 'w' }])
    expect(apply({ name: 'agc', except: [] }, [0.3, 0.1, 0.4, 0], [3, 0, 4, 0], square).g).toBeAllClose([0.03, 1e-5, 0.04, 0], 1e-5)
    const bias = layout([{ name: 'b', shape: [2], network: 'n', layer: 'b' }])
    expect(apply({ name: 'agc', except: [] }, [0.6, 0.8], [0.3, 0.4], bias).g).toBeAllClose([0.003, 0.004], 1e-5)
  })

  test("the brief's literal mean + kσ clips elements: [−3, −1, 2, 4], k = 1, τ = 3.1926", () => {
    const four = layout([{ name: 'w', shape: [4], network: 'n', layer: 'w' }])
    expect(apply({ name: 'mean-std', over: 'element', k: 1 }, [-3, -1, 2, 4], undefined, four).g).toBeAllClose([-3, -1, 2, 3.1925824], 1e-6)
    expect(apply({ name: 'mean-std', over: 'magnitude', k: 1 }, [-3, -1, 2, 4], undefined, four).g).toBeAllClose(
      [-3, -1, 2, 3.61803399],
      1e-6,
    )
  })

  test('where mean + kσ would be negative, the floor holds and τ stays above 0', () => {
    const four = layout([{ name: 'w', shape: [4], network: 'n', layer: 'w' }])
    const { report } = apply({ name: 'mean-std', over: 'element', k: 1 }, [-4, -3, -2, 1], undefined, four)
    expect(report.groups[0]!.tau).toBeGreaterThan(0)
  })

  test('per network the critic does not decide for the actor', () => {
    const gradient = [0.1, 0, 0, 0, 0, 0, 0, 0, 0, 30, 40]
    const { g } = apply({ name: 'global-norm', tau: 1, per: 'network' }, gradient)
    expect(g.slice(0, 9)).toEqual([...Float32Array.from(gradient)].slice(0, 9))
    expect(g.slice(9)).toBeAllClose([0.6, 0.8], 1e-6)
  })

  test('the clip rate of an element clip counts elements', () => {
    expect(apply({ name: 'value', tau: 1 }, [2, 0.5, -3, 0, 0, 0, 0, 0, 0, 0, 0]).report.clipRate).toBeCloseTo(2 / 11, 12)
  })
})

test('the order of the tensors does not change the norm of the model', () => {
  fc.assert(
    fc.property(courses(1), ({ table, weights, gradients }) => {
      const reversed = layout([...table.slots].reverse())
      const turned = Float32Array.from(
        [...table.slots].reverse().flatMap(({ offset, size }) => [...gradients[0]!.subarray(offset, offset + size)]),
      )
      const norm = (t: typeof table, g: Float32Array) =>
        createClipper(createClip({ name: 'global-norm' }), t).apply(g.slice(), weights, CONTEXT).normBefore
      expect(norm(reversed, turned)).toBeCloseTo(norm(table, gradients[0]!), 6)
    }),
  )
})

test('hard clipping twice is clipping once', () => {
  fc.assert(
    fc.property(courses(1), fc.constantFrom(...CLIP_PER), ({ table, weights, gradients }, per) => {
      const clipper = createClipper(clipOf(fixed(0.7), { per }), table)
      const once = gradients[0]!.slice()
      clipper.apply(once, weights, CONTEXT)
      const twice = once.slice()
      clipper.apply(twice, weights, CONTEXT)
      expect(twice).toBeAllClose(once, 1e-6, 1e-37)
    }),
  )
})

test('a group without a gradient waits: its history is as it was', () => {
  const clipper = createClipper(createClip({ name: 'percentile', p: 50, per: 'tensor' }), NET)
  const gradient = () => Float32Array.from({ length: NET.size }, (_, i) => i + 1)
  clipper.apply(gradient(), gradient(), CONTEXT)
  const [before] = JSON.parse(JSON.stringify(clipper.save()))
  clipper.apply(gradient(), gradient(), CONTEXT, { absent: new Set(['actor/h/bias']) })
  const [after] = JSON.parse(JSON.stringify(clipper.save()))
  expect(after.groups[1]).toEqual(before.groups[1])
  expect(after.groups[0]).not.toEqual(before.groups[0])
})

test.each([
  ['another rule', { name: 'agc' }, NET, 'relative-to-weights'],
  ['other groups', { name: 'percentile', per: 'layer' }, NET, '2 groups'],
])('a state of %s is refused', (_what, config, table, said) => {
  const saved = createClipper(createClip({ name: 'percentile' }), NET).save()
  expect(() => createClipper(createClip(config as never), table).load(saved)).toThrow(said)
})

describe('what a rule is told and when', () => {
  const bowl = layout([{ name: 'w', shape: [2, 2], network: 'n', layer: 'w' }])

  test('statistics, then threshold, then the clipped norm to observe; what it did not ask for is NaN', () => {
    const calls: unknown[] = []
    const rule: ClipRule<number> = {
      name: 'told',
      needs: ['mean', 'meanAbs', 'paramNorm'],
      init: () => 0,
      threshold: (state, stats, context) => {
        calls.push(['threshold', state, { ...stats }, { ...context }])
        return 2
      },
      observe: (state, stats, applied) => {
        calls.push(['observe', state, { ...stats }, { ...applied }])
        return state + 1
      },
    }
    const clipper = createClipper(clipOf(rule), bowl)
    for (const step of [7, 8]) clipper.apply(Float32Array.of(4, -4, 4, 4), Float32Array.of(3, 0, 0, 4), { step, learningRate: 0.1 })
    const stats = { size: 4, norm: 8, maxAbs: Number.NaN, mean: 2, std: Number.NaN, meanAbs: 4, paramNorm: 5, totalNorm: 8 }
    expect(calls).toEqual(
      [7, 8].flatMap((step, i) => [
        ['threshold', i, stats, { step, learningRate: 0.1 }],
        ['observe', i, stats, { tau: 2, norm: 2 }],
      ]),
    )
  })

  test.each([0, -1, Number.NaN])('τ = %s from a rule is refused, with the rule and the group', (tau) => {
    const clipper = createClipper(clipOf({ ...fixed(1), threshold: () => tau }, { per: 'tensor' }), bowl)
    expect(() => clipper.apply(new Float32Array(4), new Float32Array(4), CONTEXT)).toThrow(
      `clip "fixed": τ must be above 0, got ${tau} from fixed(1) for "w"`,
    )
  })

  test('arrays that do not fit are refused; parameters only where the rule looks at them', () => {
    const [plain, agc] = [createClipper(createClip({ name: 'norm' }), bowl), createClipper(createClip({ name: 'agc' }), bowl)]
    expect([plain.readsParameters, agc.readsParameters]).toEqual([false, true])
    expect(() => plain.apply(new Float32Array(3), new Float32Array(4), CONTEXT)).toThrow('expected a gradient of 4, got 3')
    expect(() => plain.apply(new Float32Array(4), new Float32Array(0), CONTEXT)).not.toThrow()
    expect(() => agc.apply(new Float32Array(4), new Float32Array(0), CONTEXT)).toThrow('expected 4 parameters, got 0')
  })
})

describe('a saved state that was tampered with is refused, and nothing changes', () => {
  const saved = (): { rule: string; groups: { name: string; state: unknown }[] } => {
    const clipper = createClipper(createClip({ name: 'percentile', per: 'network' }), NET)
    clipper.apply(new Float32Array(NET.size).fill(1), new Float32Array(NET.size), CONTEXT)
    return structuredClone((clipper.save() as never[])[0]!)
  }
  type Saved = ReturnType<typeof saved>
  test.each<[string, (good: Saved) => unknown, string]>([
    ['nothing', () => null, 'expected a rule and a list of groups'],
    ['a list', (good) => good.groups, 'expected a rule and a list of groups'],
    ['a missing group', (good) => ({ ...good, groups: good.groups.slice(1) }), 'expected 2 groups, got 1'],
    ['groups in another order', (good) => ({ ...good, groups: good.groups.toReversed() }), 'expected the group "actor", got "critic"'],
    ['a group without state', (good) => ({ ...good, groups: good.groups.map(({ name }) => ({ name })) }), 'expected the group "actor"'],
    [
      'a state of another kind',
      (good) => ({ ...good, groups: good.groups.map(({ name }) => ({ name, state: 3 })) }),
      'is not one of percentile',
    ],
    [
      'a state without a key',
      (good) => ({ ...good, groups: good.groups.map(({ name }) => ({ name, state: { sorted: [], ring: [] } })) }),
      'is not one of percentile',
    ],
  ])('%s', (_what, spoil, said) => {
    const clipper = createClipper(createClip({ name: 'percentile', per: 'network' }), NET)
    clipper.load([saved()] as never)
    const before = structuredClone(clipper.save())
    expect(() => clipper.load([spoil(saved())] as never)).toThrow(said)
    expect(clipper.save()).toEqual(before)
  })
})

test('a soft clip follows n·τ/(τ + n) over the reference stream', () => {
  const { rows, args } = fixture('clip').streams.find(({ stream }: { stream: string }) => stream === 'smooth')
  const one = layout([{ name: 'w', shape: [1], network: 'n', layer: 'w' }])
  const clipper = createClipper(createClip({ name: 'global-norm', tau: args.tau, shape: 'soft' }), one)
  const got = (rows as number[][]).map(([n]) => {
    const gradient = Float32Array.of(n!)
    const { normAfter } = clipper.apply(gradient, gradient, CONTEXT)
    expect(normAfter).toBeCloseTo(gradient[0]!, 6)
    return gradient[0]!
  })
  expect(got).toBeAllClose(
    (rows as number[][]).map(([, soft]) => soft!),
    1e-6,
  )
  expect(rows.length).toBe(60)
})
