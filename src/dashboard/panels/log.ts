/** What happened, newest at the bottom. */
import { count } from '../numbers.js'
import type { LogEntry } from '../state.js'
import { type Line, span } from '../text.js'
import type { Role } from '../theme.js'
import { BOX_HEIGHT, boxed, type Panel } from './panel.js'

export const logPanel: Panel = (state, _view, width, height) => {
  const lines = state.log.slice(-Math.max(1, height - BOX_HEIGHT)).map(entryLine)
  return boxed([span('Log', 'title')], lines.length > 0 ? lines : [[span('nothing yet', 'dim')]], width, height)
}

function entryLine({ step, level, message, times }: LogEntry): Line {
  const repeated = times > 1 ? ` ×${times}` : ''
  return [span(`${count(step).padStart(6)}  `, 'dim'), span(WORDS[level], ROLES[level]), span(message), span(repeated, 'dim')]
}

const WORDS = { note: '', good: '', warning: 'warning: ' } as const
const ROLES: Readonly<Record<LogEntry['level'], Role>> = { note: 'plain', good: 'good', warning: 'warn' }
