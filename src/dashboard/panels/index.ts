/** Every panel by the name that the layout calls it. */
import type { PanelName } from '../layout.js'
import { footer, help } from './footer.js'
import { gradientPanel, plainGradient } from './gradient.js'
import { header, heading } from './header.js'
import { learningPanel } from './learning.js'
import { logPanel } from './log.js'
import { linePanel, numbersPanel } from './numbers.js'
import type { Panel } from './panel.js'
import { previewPanel } from './preview.js'
import { plainReturn, returnPanel } from './return.js'

export const PANELS: Readonly<Record<PanelName, Panel>> = {
  header,
  heading,
  return: returnPanel,
  gradient: gradientPanel,
  learning: learningPanel,
  preview: previewPanel,
  log: logPanel,
  help,
  footer,
  numbers: numbersPanel,
  'plain-return': plainReturn,
  'plain-gradient': plainGradient,
  line: linePanel,
}
