/**
 * The laws of every clip rule, and helpers to drive one by hand.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createClip } from '../../src/clip/registry.js'
import type { ClipContext, ClipRule, GradientStats, Signal } from '../../src/clip/rule.js'
import type { ClipConfig } from '../../src/core/config/schema.js'
import type { Json } from '../../src/core/json.js'

const CONTEXT: ClipContext = { step: 0, learningRate: 3e-4 }

/** Statistics of one group, by their definitions. */
export function statsOf(gradient: readonly number[], parameters: readonly number[] = gradient): GradientStats {
  const size = gradient.length
  const mean = gradient.reduce((sum, g) => sum + g, 0) / size
  return {
    size,
    norm: Math.hypot(...gradient),
    maxAbs: Math.max(...gradient.map(Math.abs)),
    mean,
    std: Math.sqrt(gradient.reduce((sum, g) => sum + (g - mean) ** 2, 0) / size),
    meanAbs: gradient.reduce((sum, g) => sum + Math.abs(g), 0) / size,
    paramNorm: Math.hypot(...parameters),
  }
}

type Event = { readonly gradient: readonly number[] } | { readonly signal: Signal }

/** τ of each gradient, as the clipper would ask for it, one step a gradient. `through` sees the state between events. */
export function play(rule: ClipRule, events: readonly Event[], through: (state: Json) => Json = (state) => state): number[] {
  let state = rule.init()
  const taus: number[] = []
  for (const event of events) {
    state = through(state)
    if ('signal' in event) state = rule.feedback?.(state, event.signal) ?? state
    else {
      const stats = statsOf(event.gradient)
      const tau = rule.threshold(state, stats, { ...CONTEXT, step: taus.length })
      taus.push(tau)
      state = rule.observe(state, stats, { tau, norm: Math.min(stats.norm, tau) })
    }
  }
  return taus
}

/** τ for a stream of norms (one-element gradients). */
// biome-ignore lint/suspicious/noExplicitAny: each rule has its own state
export const thresholds = (rule: ClipRule<any>, norms: readonly number[]): number[] =>
  play(
    rule,
    norms.map((norm) => ({ gradient: [norm] })),
  )

/** The state after a stream of norms. */
// biome-ignore lint/suspicious/noExplicitAny: each rule has its own state
export function stateAfter(rule: ClipRule<any>, norms: readonly number[]): any {
  return norms.reduce((state, norm, step) => {
    const stats = statsOf([norm])
    const tau = rule.threshold(state, stats, { ...CONTEXT, step })
    return rule.observe(state, stats, { tau, norm: Math.min(norm, tau) })
  }, rule.init())
}

/** τ after each signal, and the state at the end. */
// biome-ignore lint/suspicious/noExplicitAny: each rule has its own state
export function hear(rule: ClipRule<any>, values: readonly number[], name = rule.listensTo ?? 'loss'): { taus: number[]; state: any } {
  let state = rule.init()
  const taus = values.map((value) => {
    state = rule.feedback?.(state, { name, value }) ?? state
    return rule.threshold(state, statsOf([1]), CONTEXT)
  })
  return { taus, state }
}

const element = fc.double({ min: -1e30, max: 1e30, noNaN: true })
const gradient = fc.oneof(
  fc.array(element, { minLength: 1, maxLength: 6 }),
  fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: 1, maxLength: 6 }),
  fc.constant([0, 0]),
)
const signal = fc.record({
  name: fc.constantFrom('loss', 'return', 'kl'),
  value: fc.oneof(fc.double(), fc.double({ min: -5, max: 5, noNaN: true })),
})
const events: fc.Arbitrary<Event[]> = fc.array(
  fc.oneof(
    gradient.map((g) => ({ gradient: g })),
    signal.map((s) => ({ signal: s })),
  ),
  { maxLength: 40 },
)
/** Long enough to leave every warm-up and window behind: a short stream over and over. */
const longEvents: fc.Arbitrary<Event[]> = events.map((stream) => Array.from({ length: 8 }, () => stream).flat())

export interface ClipRuleLaws {
  /**
   * Gradients s times as large get thresholds s times as large; the function makes the rule whose numbers with the unit of a gradient (τ₀,
   * bounds) are s times as large too, where it has such.
   */
  // biome-ignore lint/suspicious/noExplicitAny: each rule has its own state
  readonly scaleEquivariant?: true | ((s: number) => ClipRule<any>)
  /** Gradients s times as large get the same thresholds. */
  readonly scaleInvariant?: true
}

// biome-ignore lint/suspicious/noExplicitAny: each rule has its own state
export function clipRuleSuite(name: string, makeRule: () => ClipRule<any>, laws: ClipRuleLaws = {}): void {
  const make = (): ClipRule => makeRule()
  describe(`${name} keeps the laws of a clip rule`, () => {
    test('τ is above 0, or Infinity, whatever comes and for however long', () => {
      fc.assert(fc.property(events, (stream) => play(make(), stream).every((tau) => tau > 0)))
      fc.assert(
        fc.property(longEvents, (stream) => play(make(), stream).every((tau) => tau > 0)),
        { numRuns: 30 },
      )
    })

    test('states are plain JSON: a run saved and loaded at every step is the same run', () => {
      fc.assert(
        fc.property(events, (stream) => {
          expect(play(make(), stream, (state) => JSON.parse(JSON.stringify(state)))).toEqual(play(make(), stream))
        }),
      )
    })

    test('a run cut in two is the whole run, also far beyond a warm-up', () => {
      fc.assert(
        fc.property(longEvents, fc.nat(), (stream, cut) => {
          const at = stream.length === 0 ? 0 : cut % stream.length
          let event = 0
          const reload = (state: Json): Json => (event++ === at ? JSON.parse(JSON.stringify(state)) : state)
          expect(play(make(), stream, reload)).toEqual(play(make(), stream))
        }),
        { numRuns: 30 },
      )
    })

    test('states are never changed in place, and threshold does not depend on being asked before', () => {
      const rule = make()
      const asking: ClipRule = {
        ...rule,
        threshold(state, stats, context) {
          rule.threshold(state, { ...stats, norm: 123 }, context)
          return rule.threshold(state, stats, context)
        },
      }
      fc.assert(
        fc.property(events, (stream) => {
          expect(play(asking, stream, deepFreeze)).toEqual(play(make(), stream))
        }),
      )
    })

    test('reads only the statistics that it asks for', () => {
      const rule = make()
      const needs = new Set<string>(rule.needs ?? ['maxAbs', 'mean', 'std', 'meanAbs', 'paramNorm'])
      const hide = (stats: GradientStats): GradientStats => {
        const hidden = ['maxAbs', 'mean', 'std', 'meanAbs', 'paramNorm'].filter((key) => !needs.has(key))
        return { ...stats, ...Object.fromEntries(hidden.map((key) => [key, Number.NaN])) }
      }
      const blind: ClipRule = {
        ...rule,
        threshold: (state, stats, context) => rule.threshold(state, hide(stats), context),
        observe: (state, stats, applied) => rule.observe(state, hide(stats), applied),
      }
      fc.assert(
        fc.property(events, (stream) => {
          expect(play(blind, stream)).toEqual(play(make(), stream))
        }),
      )
    })

    test('its config makes the same rule again', () => {
      const { config } = make()
      expect(JSON.parse(JSON.stringify(config))).toEqual(config)
      const again = createClip(config as ClipConfig).rule
      expect(again.config).toEqual(config)
      fc.assert(
        fc.property(events, (stream) => {
          expect(play(again, stream)).toEqual(play(make(), stream))
        }),
        { numRuns: 20 },
      )
    })

    test('says something wherever it hears something', () => {
      const rule = make()
      if (rule.feedback) expect(rule.explain).toBeDefined()
      if (!rule.explain) return
      expect(rule.explain(hear(rule, [1, 2, 3]).state)).toContain('τ')
      fc.assert(
        fc.property(fc.array(fc.double({ min: 0, max: 1e30, noNaN: true }), { maxLength: 80 }), (norms) => {
          expect(rule.explain!(stateAfter(rule, norms))).toMatch(/τ(?!.*(NaN|undefined))/)
        }),
        { numRuns: 20 },
      )
    })

    const { scaleEquivariant, scaleInvariant } = laws
    const plain = fc.array(fc.array(fc.double({ min: 1e-3, max: 1e3, noNaN: true }), { minLength: 1, maxLength: 5 }), { maxLength: 60 })
    const asEvents = (stream: readonly (readonly number[])[], s = 1): Event[] => stream.map((g) => ({ gradient: g.map((x) => x * s) }))

    if (scaleEquivariant) {
      test('scaling every gradient scales every threshold', () => {
        const scaledRule = scaleEquivariant === true ? make : scaleEquivariant
        fc.assert(
          fc.property(plain, fc.constantFrom(0.25, 2, 1024), (stream, s) => {
            const original = play(make(), asEvents(stream))
            expect(play(scaledRule(s), asEvents(stream, s))).toBeAllClose(
              original.map((tau) => tau * s),
              1e-7,
            )
          }),
        )
      })
    }

    if (scaleInvariant) {
      test('scaling every gradient leaves every threshold as it was', () => {
        fc.assert(
          fc.property(plain, fc.constantFrom(0.25, 2, 1024), (stream, s) => {
            expect(play(make(), asEvents(stream, s))).toBeAllClose(play(make(), asEvents(stream)), 1e-4)
          }),
        )
      })
    }
  })
}

function deepFreeze(state: Json): Json {
  if (state !== null && typeof state === 'object') for (const value of Object.values(state)) deepFreeze(value)
  return Object.freeze(state)
}
