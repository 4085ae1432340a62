/** The replay screen as an Ink component: a pure function of the recording and of the place in it. */
import { Box } from 'ink'
import type { ReactNode } from 'react'
import {
  type ReplaySource,
  replayDrawing,
  replayFooter,
  replayHeading,
  replayHelp,
  replayNumbers,
  replayReturns,
  replayStep,
  replayValues,
} from './replay-panels.js'
import type { ReplayState } from './replay-state.js'
import { Rows } from './rows.js'
import { DEFAULT_THEME, type Theme } from './theme.js'

export interface ReplayScreenProps {
  readonly source: ReplaySource
  readonly state: ReplayState
  /** Size of the terminal in cells; the frame is one row lower. */
  readonly columns: number
  readonly rows: number
  readonly theme?: Theme
}

export function ReplayScreen({ source, state, columns, rows, theme = DEFAULT_THEME }: ReplayScreenProps): ReactNode {
  const width = Math.max(1, columns)
  const height = Math.max(1, rows - 1)
  if (width < 36 || height < 8) return part(replayNumbers, width, height)
  const body = height - 3
  return (
    <Box flexDirection="column" flexShrink={0}>
      {part(replayHeading, width, 2)}
      {state.help ? part(replayHelp, width, body) : pictures(width, body)}
      {part(replayFooter, width, 1)}
    </Box>
  )

  function pictures(width: number, height: number): ReactNode {
    const side = width >= 64 ? Math.min(44, Math.floor(width * 0.38)) : 0
    const charts = height >= 18 ? Math.min(14, Math.floor(height * 0.38)) : 0
    const left = Math.ceil(width / 2)
    return (
      <Box flexDirection="column" flexShrink={0}>
        <Box flexShrink={0}>
          {part(replayDrawing, width - side, height - charts - (side > 0 ? 0 : 1))}
          {side > 0 ? part(replayStep, side, height - charts) : null}
        </Box>
        {side > 0 ? null : part(replayNumbers, width, 1)}
        {charts > 0 ? (
          <Box flexShrink={0}>
            {part(replayValues, left, charts)}
            {part(replayReturns, width - left, charts)}
          </Box>
        ) : null}
      </Box>
    )
  }

  function part(panel: typeof replayStep, width: number, height: number): ReactNode {
    return <Rows lines={panel(source, state, width, height)} width={width} height={height} theme={theme} />
  }
}
