import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Pcg64 } from '../../../envs/seeding/pcg64.js'
import { seedSequence } from '../../../envs/seeding/seed-sequence.js'
import { fixture } from '../../support/fixtures.js'

// biome-ignore lint/suspicious/noExplicitAny: fixture rows
type Row = any

const { cases } = fixture('rng')
const ofKind = (kind: string): Row[] => cases.filter((c: Row) => c.kind === kind)
const pcg64 = (seed: string) => new Pcg64(seedSequence(BigInt(seed)))

function next(bits: Pcg64): string {
  bits.next()
  return String((BigInt(bits.high >>> 0) << 32n) | BigInt(bits.low >>> 0))
}

/** The definition, in BigInt: what 32-bit words and 16-bit halves must add up to. */
function* byDefinition({ state, inc }: { readonly state: bigint; readonly inc: bigint }): Generator<string> {
  for (let now = state; ; ) {
    now = BigInt.asUintN(128, now * 0x2360ed051fc65da44385df649fccf645n + inc)
    const folded = BigInt.asUintN(64, (now >> 64n) ^ now)
    const turn = now >> 122n
    yield String(BigInt.asUintN(64, (folded >> turn) | (folded << (64n - turn))))
  }
}

describe('Pcg64', () => {
  test.each(ofKind('pcg64'))('gives the outputs of NumPy, seed $seed', ({ seed, initial, raw, final }) => {
    const bits = pcg64(seed)
    expect(bits.save()).toEqual({ state: initial.state, inc: initial.inc })
    expect(raw.map(() => next(bits))).toEqual(raw)
    expect(bits.save()).toEqual({ state: final.state, inc: final.inc })
  })

  test('from any state it goes as defined', () => {
    const words = fc.bigInt({ min: 0n, max: (1n << 128n) - 1n })
    const extremes = fc.constantFrom(0n, 1n, (1n << 128n) - 1n, 0xffffffffn << 96n, 0xffffn * 0x10001000100010001000100010001n)
    fc.assert(
      fc.property(fc.oneof(words, extremes), words, (state, odd) => {
        const inc = odd | 1n
        const bits = pcg64('0')
        bits.load({ state: String(state), inc: String(inc) })
        const defined = byDefinition({ state, inc })
        for (let i = 0; i < 8; i++) expect(next(bits)).toBe(defined.next().value)
      }),
    )
  })

  test.each(ofKind('advance'))('goes ahead $delta draws at once', ({ seed, delta, raw }) => {
    const bits = pcg64(seed)
    bits.advance(BigInt(delta))
    expect(raw.map(() => next(bits))).toEqual(raw)
  })

  test('going ahead is drawing', () => {
    fc.assert(
      fc.property(fc.nat({ max: 300 }), (steps) => {
        const [drawn, ahead] = [pcg64('7'), pcg64('7')]
        for (let i = 0; i < steps; i++) drawn.next()
        ahead.advance(BigInt(steps))
        expect(ahead.save()).toEqual(drawn.save())
      }),
    )
  })

  test.each(ofKind('jumped'))('jumps where NumPy jumps', ({ seed, jumps, raw }) => {
    const bits = pcg64(seed)
    bits.jump(jumps)
    expect(raw.map(() => next(bits))).toEqual(raw)
  })

  test.each(['', '-1', '1.5', String(1n << 128n), 12 as unknown as string])('refuses the state %s', (state) => {
    expect(() => pcg64('0').load({ state, inc: '1' })).toThrow('Pcg64.load: state must be a 128-bit integer in decimal')
  })
})
