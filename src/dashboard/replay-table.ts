/** A recorded episode as a plain table, one step a line, for pipes and files. */
import type { Replay, ReplayFrame } from '../record/replay.js'
import { clean } from './text.js'

/** Lines that end with a newline. `every`: only each n-th step, the first and the last always. */
export function* replayTable(replay: Replay, every = 1): Generator<string> {
  const { recording, frames } = replay
  const { env, episode, seed } = recording
  yield `${clean(env).replace(/[^\u0020-\u007e]/g, '?')}, episode ${episode}, seed ${seed}: ${recording.length} steps, return ${short(recording.return)}, ${recording.end}\n`
  const action = Math.max(8, 10 * recording.actionSize)
  yield `${'step'.padStart(7)} ${'action'.padStart(action)} ${'reward'.padStart(10)} ${'value'.padStart(10)} ${'return'.padStart(10)}  observation\n`
  for (let t = 0; t < frames; t++) {
    if (t % every === 0 || t === frames - 1) yield row(replay.frame(t), action)
  }
}

function row({ t, action, reward, value, returnSoFar, observation, end }: ReplayFrame, width: number): string {
  const cells = [
    String(t).padStart(7),
    (action === null ? '-' : Array.from(action, short).join(' ')).padStart(width),
    short(reward).padStart(10),
    short(value).padStart(10),
    short(returnSoFar).padStart(10),
    ` ${Array.from(observation, short).join(' ')}`,
  ]
  return `${cells.join(' ')}${end === null ? '' : `  ${end}`}\n`
}

/** Five significant digits. */
const short = (value: number | null): string =>
  value === null ? '-' : Number.isFinite(value) ? String(Number(value.toPrecision(5))) : String(value)
