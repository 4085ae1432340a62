/**
 * How a run is asked to stop. The first SIGINT or SIGTERM (or `q`) lets it finish its update and save; the second leaves at once.
 */
import type { RunControl } from '../train/run.js'
import { EXIT } from './exit.js'

export interface Interrupt {
  readonly control: RunControl
  /** What the run was stopped by, for the exit code; null while nothing did. */
  readonly by: () => 'key' | 'SIGINT' | 'SIGTERM' | 'pipe' | null
  /** Ask once: stop soon. Ask again: leave now. */
  ask(by: 'key' | 'SIGINT' | 'SIGTERM' | 'pipe'): void
  /** Takes the handlers back. */
  release(): void
}

/** @param leave puts the terminal in order, for when the second request ends the process on the spot */
export function interruptible(leave: () => void): Interrupt {
  const control: RunControl = { stop: false, paused: false }
  let by: ReturnType<Interrupt['by']> = null
  const ask: Interrupt['ask'] = (asked) => {
    if (by === null || asked === 'pipe') {
      by ??= asked
      control.stop = true
      return
    }
    leave()
    process.exit(asked === 'SIGTERM' ? EXIT.terminated : EXIT.interrupted)
  }
  const onInt = () => ask('SIGINT')
  const onTerm = () => ask('SIGTERM')
  process.on('SIGINT', onInt)
  process.on('SIGTERM', onTerm)
  return {
    control,
    by: () => by,
    ask,
    release() {
      process.off('SIGINT', onInt)
      process.off('SIGTERM', onTerm)
    },
  }
}
