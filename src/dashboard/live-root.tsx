/** What surrounds a screen while it is live: it listens to the keys, and tells when Ink takes the screen down, whatever the reason. */
import { type Key, useInput } from 'ink'
import { type ReactNode, useLayoutEffect } from 'react'
import { type RowStore, RowStoreContext } from './rows.js'

export interface LiveRootProps {
  /** Names of keys: 'q', 'space', 'escape', 'left', 'shift-left', 'ctrl-c'. */
  readonly onKey: (key: string) => void
  readonly onUnmount: () => void
  /** False when stdin is no terminal: Ink cannot listen then. */
  readonly listen: boolean
  readonly store: RowStore
  readonly children?: ReactNode
}

export function LiveRoot({ onKey, onUnmount, listen, store, children }: LiveRootProps): ReactNode {
  useInput((input, key) => keyNames(input, key).forEach(onKey), { isActive: listen })
  // biome-ignore lint/correctness/useExhaustiveDependencies: only the end of the screen counts, not a new closure
  useLayoutEffect(() => onUnmount, [])
  return <RowStoreContext.Provider value={store}>{children}</RowStoreContext.Provider>
}

/** One name per key; characters that arrived together (typed fast, or pasted) are keys one after the other. */
export function keyNames(input: string, key: Partial<Key>): readonly string[] {
  const shift = key.shift ? 'shift-' : ''
  for (const [flag, name] of SPECIAL) if (key[flag]) return [shift + name]
  if (key.ctrl) return input === '' ? [] : [`ctrl-${input}`]
  return Array.from(input, characterName)
}

/** Control characters too: two Ctrl-C in one breath arrive as one text. */
function characterName(character: string): string {
  const code = character.charCodeAt(0)
  if (code >= 1 && code <= 26) return `ctrl-${String.fromCharCode(code + 96)}`
  return character === ' ' ? 'space' : character
}

const SPECIAL = [
  ['escape', 'escape'],
  ['return', 'return'],
  ['leftArrow', 'left'],
  ['rightArrow', 'right'],
  ['upArrow', 'up'],
  ['downArrow', 'down'],
  ['home', 'home'],
  ['end', 'end'],
  ['pageUp', 'page-up'],
  ['pageDown', 'page-down'],
  ['backspace', 'backspace'],
  ['delete', 'backspace'], // what most terminals send for the backspace key
  ['tab', 'tab'],
] as const
