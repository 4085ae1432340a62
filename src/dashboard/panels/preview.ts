/** One environment, live, in braille dots. */

import { drawingLines } from '../drawing-lines.js'
import { type Line, span } from '../text.js'
import { BOX_HEIGHT, BOX_WIDTH, boxed, numbered, type Panel } from './panel.js'

export const previewPanel: Panel = (state, view, width, height) => {
  const name = numbered(4, state.run?.env ?? 'Environment')
  return boxed(name, content(), width, height)

  function content(): readonly Line[] {
    if (!view.preview) return [[span('the drawing is off; v turns it on', 'dim')]]
    if (state.drawing === null) return [[span('no drawing yet', 'dim')]]
    return drawingLines(state.drawing, width - BOX_WIDTH, height - BOX_HEIGHT)
  }
}
