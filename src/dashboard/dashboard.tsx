/**
 * The dashboard as an Ink component: Ink places the panels that the layout names.
 * A pure function of its properties; run-dashboard.ts shows it on a terminal.
 */
import { Box } from 'ink'
import type { ReactNode } from 'react'
import { type Layout, layoutFor } from './layout.js'
import { PANELS } from './panels/index.js'
import { Rows } from './rows.js'
import type { DashboardState } from './state.js'
import { DEFAULT_THEME, type Theme } from './theme.js'
import type { DashboardView } from './view.js'

export interface DashboardProps {
  readonly state: DashboardState
  /** Size of the terminal in cells; the frame is one row lower. */
  readonly columns: number
  readonly rows: number
  readonly view: DashboardView
  readonly theme?: Theme
}

export function Dashboard({ state, columns, rows, view, theme = DEFAULT_THEME }: DashboardProps): ReactNode {
  const preview = view.preview && state.drawing !== null
  return place(layoutFor(columns, rows, { focus: view.focus, help: view.help, preview }))

  function place(layout: Layout): ReactNode {
    if ('panel' in layout) {
      const { panel, width, height } = layout
      return <Rows key={panel} lines={PANELS[panel](state, view, width, height)} width={width} height={height} theme={theme} />
    }
    return (
      <Box key={keyOf(layout)} flexDirection={layout.direction} flexShrink={0}>
        {layout.children.map(place)}
      </Box>
    )
  }
}

/** The panel that stands first: it names a row or column among its siblings. */
function keyOf(layout: Layout): string {
  return 'panel' in layout ? layout.panel : `${layout.direction}-${layout.children[0] ? keyOf(layout.children[0]) : ''}`
}
