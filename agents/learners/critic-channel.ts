/**
 * How two threads talk about one network without messages: numbered commands in a ring of shared memory, a number that says how many are
 * done, and a reply. Who waits spins for a moment, as long as the other's answer usually takes, and then sleeps until it is woken.
 *
 * Orders may run ahead of what is done by one less than the ring is long. Every group of words that one thread writes and the other reads
 * has a cache line to itself.
 */
import type { KernelMemory } from '../../src/kernels/kernels.js'

/** The first number of a command says what it is; those that follow are of its own form (critic-thread.ts). */
export const WAKE = 0
export const PASS = 1
export const SCALE = 2
export const STEP = 3

const COMMAND_LENGTH = 16 // float64 numbers

/** States of the thread. */
export const STARTING = 0
export const READY = 1
export const DEAD = 2

/** Milliseconds of the caller's clock; the origin is no matter. */
export type Clock = () => number

/** One end of it. Numbers of commands count from 1 and may wrap around. */
export interface CriticChannel {
  /** Room for command `n`: to be written before `order(n)`, read after `orders(n)`. */
  command(n: number): Float64Array
  /** What the last pass put out. */
  readonly reply: Float64Array
  /** Tells the thread that commands up to `n` are written. */
  order(n: number): void
  /** Waits for command `n`. @param spinMs before it sleeps */
  orders(n: number, spinMs: number): void
  /** Tells the caller that commands up to `n` are carried out. */
  report(n: number): void
  /** Waits until they are, for one spin and one sleep of SLEEP_MS at most. */
  done(n: number, spinMs: number): boolean
  state(): number
  /** Says what has become of the thread, and wakes a caller who waits. */
  enter(state: number): void
  /** A sign of life in the middle of long work. */
  beat(): void
  /** How many there were, modulo 2³². */
  beats(): number
}

/** Longer than the other thread lags behind; where both must share a core, every microsecond of it is lost to the other. */
export const SPIN_MS = 0.04

/** The longest sleep of the caller, after which it looks whether the thread still lives. */
export const SLEEP_MS = 50

// Places of the int32 words. The word after a number says that somebody sleeps until it changes.
const ORDERED = 0
const CARRIED_OUT = 16
const STATE = 32
const BEATS = 33
// And of the float64 numbers, behind four cache lines.
const REPLY = 32
const RING = 40
const RING_LENGTH = 4 // commands, a power of two

/** Float32 numbers that a channel takes in the kernels' memory. */
export const CHANNEL_SIZE = 2 * (RING + RING_LENGTH * COMMAND_LENGTH)

/** @param address of CHANNEL_SIZE numbers, zero at first, the same for both ends */
export function criticChannel({ buffer }: KernelMemory, address: number, clock: Clock): CriticChannel {
  const words = new Int32Array(buffer, address, 64)
  const at = (place: number, count: number) => new Float64Array(buffer, address + 8 * place, count)
  const ring = Array.from({ length: RING_LENGTH }, (_, i) => at(RING + i * COMMAND_LENGTH, COMMAND_LENGTH))

  function tell(word: number, n: number): void {
    Atomics.store(words, word, n)
    if (Atomics.load(words, word + 1) !== 0) Atomics.notify(words, word)
  }

  const reached = (word: number, n: number): boolean => ((Atomics.load(words, word) - n) | 0) >= 0

  /** Spins: most of the time without looking at the clock, which takes longer than looking at the word. */
  function spun(word: number, n: number, spinMs: number): boolean {
    for (let i = 0; i < GLANCES; i++) if (reached(word, n)) return true
    const end = clock() + spinMs
    do {
      for (let i = 0; i < GLANCES; i++) if (reached(word, n)) return true
    } while (clock() < end)
    return false
  }

  function sleep(word: number, n: number, limitMs: number | undefined): void {
    Atomics.store(words, word + 1, 1)
    const now = Atomics.load(words, word)
    if (((now - n) | 0) < 0) Atomics.wait(words, word, now, limitMs)
    Atomics.store(words, word + 1, 0)
  }

  return {
    command: (n) => ring[n & (RING_LENGTH - 1)]!,
    reply: at(REPLY, 8),
    order: (n) => tell(ORDERED, n),
    orders(n, spinMs) {
      while (!spun(ORDERED, n, spinMs)) sleep(ORDERED, n, undefined)
    },
    report: (n) => tell(CARRIED_OUT, n),
    done(n, spinMs) {
      if (spun(CARRIED_OUT, n, spinMs)) return true
      sleep(CARRIED_OUT, n, SLEEP_MS)
      return reached(CARRIED_OUT, n)
    },
    state: () => Atomics.load(words, STATE),
    enter(state) {
      Atomics.store(words, STATE, state)
      Atomics.notify(words, CARRIED_OUT)
    },
    beat: () => void Atomics.add(words, BEATS, 1),
    beats: () => Atomics.load(words, BEATS),
  }
}

const GLANCES = 100
