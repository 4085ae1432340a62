/**
 * Blackjack-v1: come closer to 21 than the dealer without going over it. Cards are drawn with replacement.
 *
 * Observation: the player's sum, the dealer's open card (1 is an ace), whether the player has an ace that counts as 11.
 * Action: 0 stick, 1 hit. The dealer hits below 17. Reward, at the end: 1 won, −1 lost, 0 drawn; with `natural` 1.5 for winning with an ace and
 * a ten at once; with `sab` (the rules of Sutton & Barto's book) such a hand wins unless the dealer has one, too, and `natural` says nothing.
 * Terminated: the player sticks or goes over 21. There is no time limit.
 *
 * Source: Sutton & Barto, "Reinforcement Learning: An Introduction", example 5.1; equal to Gymnasium 1.4 draw for draw: the dealer's two
 * cards, the player's two, then the suit of the open card, and its face where it counts ten.
 */
import type { Canvas } from '../canvas/canvas.js'
import type { FunctionalEnv } from '../core.js'
import { withDefaults } from '../options.js'
import type { Generator } from '../seeding/generator.js'
import { discrete } from '../spaces/discrete.js'
import { tuple } from '../spaces/tuple.js'

export interface BlackjackOptions {
  /** Default false. */
  readonly natural?: boolean
  /** Default false; the registered environment sets it. */
  readonly sab?: boolean
}

/** Fields of a hand in the state: the sum with aces as 1, whether there is an ace, how many cards. */
const SUM = 0
const ACE = 1
const COUNT = 2

/** Fields of the state: two hands, then these. */
const PLAYER = 0
const DEALER = 3
const OPEN = 6 // the dealer's first card
const SUIT = 7 // of it
const FACE = 8 // jack, queen or king, where it counts ten
const OVER = 9

const SUITS = ['clubs', 'diamonds', 'hearts', 'spades']
const FACES = ['jack', 'queen', 'king']

export function blackjack(options: BlackjackOptions = {}): FunctionalEnv<readonly [number, number, number], number> {
  const { natural, sab } = withDefaults('Blackjack', options, { natural: false, sab: false })

  return {
    stateSize: 10,
    observationSpace: tuple([discrete(32), discrete(11), discrete(2)]),
    actionSpace: discrete(2),

    initial(random, state, at) {
      state.fill(0, at, at + 10)
      state[at + OPEN] = dealt(random, state, at + DEALER)
      dealt(random, state, at + DEALER)
      dealt(random, state, at + PLAYER)
      dealt(random, state, at + PLAYER)
      state[at + SUIT] = random.integers(0, SUITS.length)
      if (state[at + OPEN] === 10) state[at + FACE] = random.integers(0, FACES.length)
    },

    transition(state, at, action, actionAt, random) {
      const player = at + PLAYER
      const dealer = at + DEALER
      if (action[actionAt] === 1) {
        dealt(random, state, player)
        const bust = total(state, player) > 21
        state[at + OVER] = bust ? 1 : 0
        return bust ? -1 : 0
      }
      while (total(state, dealer) < 17) dealt(random, state, dealer)
      state[at + OVER] = 1
      const reward = Math.sign(score(state, player) - score(state, dealer))
      if (sab) return isNatural(state, player) && !isNatural(state, dealer) ? 1 : reward
      return natural && reward === 1 && isNatural(state, player) ? 1.5 : reward
    },

    terminal: (state, at) => state[at + OVER] === 1,

    observe(state, at, out, outAt) {
      out[outAt] = total(state, at + PLAYER)
      out[outAt + 1] = state[at + OPEN]!
      out[outAt + 2] = usableAce(state, at + PLAYER) ? 1 : 0
    },

    draw: (state, at, canvas) => drawTable(canvas, state, at),

    drawText(state, at) {
      const ace = usableAce(state, at + PLAYER) ? ' with a usable ace' : ''
      const dealer = state[at + OVER] === 1 ? `, ${total(state, at + DEALER)} in all` : ''
      return `player: ${total(state, at + PLAYER)}${ace}\ndealer: ${openCard(state, at)}${dealer}`
    },
  }
}

/** Draws a card into a hand and returns its value. */
function dealt(random: Generator, state: Float64Array, hand: number): number {
  const card = Math.min(random.integers(0, 13) + 1, 10)
  state[hand + SUM]! += card
  if (card === 1) state[hand + ACE] = 1
  state[hand + COUNT]!++
  return card
}

const usableAce = (state: Float64Array, hand: number) => state[hand + ACE] === 1 && state[hand + SUM]! + 10 <= 21
const total = (state: Float64Array, hand: number) => state[hand + SUM]! + (usableAce(state, hand) ? 10 : 0)

/** What counts in the end. */
function score(state: Float64Array, hand: number): number {
  const sum = total(state, hand)
  return sum > 21 ? 0 : sum
}

/** An ace and a ten, and nothing else. */
const isNatural = (state: Float64Array, hand: number) => state[hand + COUNT] === 2 && total(state, hand) === 21

/** '7 of hearts'. */
function openCard(state: Float64Array, at: number): string {
  const value = state[at + OPEN]!
  return `${value === 1 ? 'ace' : value === 10 ? FACES[state[at + FACE]!] : value} of ${SUITS[state[at + SUIT]!]}`
}

function drawTable(canvas: Canvas, state: Float64Array, at: number): void {
  const over = state[at + OVER] === 1
  canvas.view({ left: 0, right: 12, bottom: 0, top: 8 })
  canvas.rectangle(0.5, 4.5, 2, 3, 'body') // the open card, …
  if (!over) canvas.rectangle(3, 4.5, 2, 3, 'muted') // … and the other one until it is turned
  canvas.text(6, 6, `dealer ${over ? total(state, at + DEALER) : openCard(state, at)}`, 'danger')
  for (let card = 0; card < state[at + PLAYER + COUNT]!; card++) canvas.rectangle(0.5 + 0.7 * card, 0.5, 0.6, 3, 'accent')
  canvas.text(6, 2, `player ${total(state, at + PLAYER)}${usableAce(state, at + PLAYER) ? ' with ace' : ''}`, 'accent')
}
