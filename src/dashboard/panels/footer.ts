/** The last line: which keys do what, the most wanted first; the help screen has them all. */
import { fitLine, type Line, packed, span } from '../text.js'
import { KEYS } from '../view.js'
import { boxed, type Panel } from './panel.js'

export const footer: Panel = (_state, view, width) => {
  const hints: readonly (readonly [key: string, meaning: string])[] = [
    ['q', 'stop and save'],
    ...(view.canPause ? [['space', view.paused ? 'go on' : 'pause'] as const] : []),
    ['?', 'help'],
    ['1-4', view.focus === 0 ? 'one panel' : 'another, 0 all'],
    ['v', view.preview ? 'no drawing' : 'drawing'],
    ['y', view.logScale ? 'linear' : 'log'],
    ['s', `smooth ${view.smoothing}`],
    ['g', view.group === 0 ? 'one group' : 'next group'],
  ]
  const parts = hints.map(([key, meaning]): Line => [span(key, 'key'), span(` ${meaning}`, 'dim')])
  return [fitLine([span(' '), ...packed(parts, Math.max(0, width - 2), 3)], width)]
}

export const help: Panel = (_state, _view, width, height) => {
  const lines = KEYS.map(([key, meaning]): Line => [span(key.padEnd(9), 'key'), span(meaning)])
  const words = WORDS.map(([word, meaning]): Line => [span(word.padEnd(20), 'strong'), span(meaning)])
  return boxed([span('Help', 'title')], [...lines, [], ...words], width, height)
}

const WORDS = [
  ['before, after', 'norm of the gradient before and after the clip'],
  ['τ', 'the threshold: where before is above it, the clip works'],
  ['KL', 'how far one update moved the policy'],
  ['ratios clipped', 'share of samples beyond the ratio clip of PPO'],
  ['explained variance', 'of the returns by the critic: 1 is perfect'],
] as const
