/**
 * One thread or two for the next update. Results are the same bits either way, so the faster way may be found while training: now and then
 * a few updates are timed each way. Where the second core has other work, one thread is faster.
 */
import type { Clock } from './critic-channel.js'

export type Threads = 'auto' | 1 | 2

/** Updates from one measurement to the next, the measured ones among them. */
const PERIOD = 66
/** Updates that are measured, every other one with two threads; of each kind the quickest counts. */
const MEASURED = 6

export interface ThreadChoice {
  /** @param join asks the second thread to take part; false: it cannot yet */
  begin(join: () => boolean): {
    /** @param steps minibatch steps of the update */
    end(steps: number): void
  }
}

export function threadChoice(threads: Threads, clock: Clock): ThreadChoice {
  let turn = 0
  let best = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY] // ms of a minibatch step, alone and with the other

  function wantsTwo(): boolean {
    if (threads !== 'auto') return threads === 2
    return turn < MEASURED ? turn % 2 === 0 : best[1]! < best[0]!
  }

  return {
    begin(join) {
      const wanted = wantsTwo()
      const two = wanted && join()
      const start = clock()
      return {
        end(steps) {
          if (two !== wanted) return // not ready yet: this update measures nothing
          const kind = two ? 1 : 0
          if (turn < MEASURED && steps > 0) best[kind] = Math.min(best[kind]!, (clock() - start) / steps)
          turn = (turn + 1) % PERIOD
          if (turn === 0) best = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
        },
      }
    },
  }
}
