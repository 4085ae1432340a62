import { describe, expect, test } from 'vitest'
import type { EnvOptions } from '../../../envs/registry.js'
import { make } from '../../../envs/registry.js'
import { gymnasiumTrajectories } from '../../suites/env-fixture.js'

gymnasiumTrajectories('Blackjack-v1')

/** An environment in the middle of a game. A hand is its sum with aces as 1, whether there is an ace, and how many cards. */
function dealt(kwargs: EnvOptions, player: readonly number[], dealer: readonly number[]) {
  const env = make('Blackjack', kwargs)
  env.reset({ seed: 0 })
  const saved = JSON.parse(JSON.stringify(env.save()))
  saved.env.state = [...player, ...dealer, 10, 0, 0, 0]
  env.load(saved)
  return env
}

const NATURAL = [11, 1, 2]
const TWENTY = [20, 0, 2]
const TWENTY_ONE = [21, 0, 3]
const SOFT_SEVENTEEN = [7, 1, 2]

describe('Blackjack', () => {
  test('begins where the reference says', () => {
    const env = make('Blackjack')
    expect([42, 0, 123].map((seed) => env.reset({ seed })[0])).toEqual([
      [15, 2, 0],
      [11, 10, 0],
      [19, 1, 1],
    ])
  })

  test.each([
    ['sab', { sab: true, natural: false }, NATURAL, TWENTY_ONE, 1], // by the book a natural beats 21 of three cards
    ['sab', { sab: true, natural: true }, NATURAL, TWENTY, 1], // natural says nothing
    ['sab', { sab: true, natural: false }, NATURAL, NATURAL, 0],
    ['sab', { sab: true, natural: false }, TWENTY_ONE, NATURAL, 0], // the reverse does not hold
    ['natural', { sab: false, natural: true }, NATURAL, TWENTY, 1.5],
    ['natural', { sab: false, natural: true }, NATURAL, TWENTY_ONE, 0], // drawn: pays nothing more
    ['natural', { sab: false, natural: true }, TWENTY_ONE, TWENTY, 1], // three cards are no natural
    ['plain', { sab: false, natural: false }, NATURAL, TWENTY, 1],
    ['plain', { sab: false, natural: false }, TWENTY, TWENTY_ONE, -1],
  ])('pays by the rules: %s %o', (_, kwargs, player, dealer, reward) => {
    expect(dealt(kwargs, player, dealer).step(0).slice(1, 3)).toEqual([reward, true])
  })

  test('the dealer stands on a soft 17', () => {
    const env = dealt({}, TWENTY, SOFT_SEVENTEEN)
    const before = JSON.stringify((env.unwrapped.save() as { readonly random: unknown }).random)
    expect(env.step(0)[1]).toBe(1)
    expect(JSON.stringify((env.unwrapped.save() as { readonly random: unknown }).random)).toBe(before) // no card was drawn
  })

  test('over 21 the game is lost at once; an ace counts 11 only while it may', () => {
    const env = dealt({}, [11, 0, 2], TWENTY)
    for (let sum = 11; sum <= 21; ) {
      const [[now, open, ace], reward, over] = env.step(1)
      expect(open).toBe(10)
      expect(now).toBeGreaterThan(sum)
      expect([reward, over]).toEqual(now > 21 ? [-1, true] : [0, false])
      if (ace === 1) expect(now).toBeLessThanOrEqual(21)
      sum = now
    }
    const soft = dealt({}, SOFT_SEVENTEEN, TWENTY)
    const [[sum]] = soft.step(1)
    expect(sum).toBeLessThanOrEqual(21) // at most 7 + 10 with the ace as 1, or 17 + 4
  })

  test('is drawn as text', () => {
    const env = make('Blackjack')
    env.reset({ seed: 123 })
    expect(env.drawText!()).toMatch(/^player: 19 with a usable ace\ndealer: ace of (clubs|diamonds|hearts|spades)$/)
    env.step(0)
    expect(env.drawText!()).toMatch(/, \d+ in all$/)
  })
})
