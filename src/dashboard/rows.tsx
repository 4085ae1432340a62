/**
 * Rows of exact width as an Ink component, at a price Ink alone cannot offer.
 *
 * Ink measures every text anew, remembers each one it ever measured (6.8: a frame's worth of memory per frame, for ever), and takes
 * every row apart character by character: 25 ms for 120 × 40 cells. These rows need no measuring, so Ink is given a placeholder of the same
 * size, always the same text; the row itself comes in afterwards, and on a live screen as one private character that stands for
 * it (4 ms). Whoever receives the frame puts the rows back in: `RowStore.resolve`.
 */
import { Box, Text, Transform } from 'ink'
import { createContext, type ReactNode, useContext } from 'react'
import { fitBlock, type Line } from './text.js'
import { paint, type Theme } from './theme.js'

export interface RowStore {
  /** A character that stands for `row`; the row itself when there are none left. */
  handle(row: string): string
  /** A frame in which every handle, with the empty cells behind it, is its row again. */
  resolve(frame: string): string
  /** Forgets all rows: a new frame begins. */
  clear(): void
}

export function rowStore(): RowStore {
  const rows: string[] = []
  return {
    handle: (row) => (rows.length > LAST - FIRST ? row : String.fromCharCode(FIRST + rows.push(row) - 1)),
    resolve: (frame) => frame.replace(HANDLE, (_, handle: string) => rows[handle.charCodeAt(0) - FIRST] ?? ''),
    clear: () => {
      rows.length = 0
    },
  }
}

/** Without a store, as in a test or in somebody else's Ink program, the rows go through Ink itself. */
export const RowStoreContext = createContext<RowStore | null>(null)

export interface RowsProps {
  readonly lines: readonly Line[]
  readonly width: number
  readonly height: number
  readonly theme: Theme
}

export function Rows({ lines, width, height, theme }: RowsProps): ReactNode {
  const store = useContext(RowStoreContext)
  const rows = fitBlock(lines, width, height).map((line) => paint(line, theme))
  const show = (_: string, index: number): string => (store === null ? rows[index]! : store.handle(rows[index]!))
  return (
    <Box width={width} height={height} flexShrink={0}>
      <Transform transform={show}>
        <Text>{Array<string>(height).fill('.'.repeat(width)).join('\n')}</Text>
      </Transform>
    </Box>
  )
}

/** Unicode's private use area; foreign text is never looked at, because in a frame to resolve there are only handles. */
const FIRST = 0xe000
const LAST = 0xf8ff
const HANDLE = /([\ue000-\uf8ff]) */g
