/** The part of checkEnv that looks at a drawing. */
import { type Drawing, drawing } from '../canvas/canvas.js'
import { describeElement } from '../spaces/describe.js'
import { type AnyEnv, type Report, saved } from './finding.js'

export function checkDrawing(env: AnyEnv, report: Report): void {
  if (env.draw === undefined) {
    report('warning', 'draw', 'the environment cannot be drawn', 'write draw(canvas): a few shapes are enough')
    return
  }
  env.reset({ seed: 123 })
  const before = saved(env)
  const drawn = drawing((canvas) => env.draw?.(canvas))
  if (saved(env) !== before) report('error', 'draw', 'drawing changed the state', 'only read the state in draw()')
  checkText(env, report)
  checkDrawn(drawn, report)
}

function checkText(env: AnyEnv, report: Report): void {
  if (env.drawText === undefined) return
  const before = saved(env)
  const text: unknown = env.drawText()
  if (typeof text !== 'string' || text === '') {
    report('error', 'drawText', `expected some characters, got ${describeElement(text)}`, 'return lines joined by newlines')
  }
  if (saved(env) !== before) report('error', 'drawText', 'drawing changed the state', 'only read the state in drawText()')
}

export function checkDrawn({ view, shapes }: Drawing, report: Report): void {
  if (!(view.right > view.left && view.top > view.bottom)) {
    report('error', 'draw', `the view is empty: ${JSON.stringify(view)}`, 'call canvas.view() with left < right and bottom < top')
  }
  if (shapes.length === 0) report('warning', 'draw', 'nothing was drawn', 'draw at least the thing that moves')
  if (!allFinite([view, shapes])) report('error', 'draw', 'a coordinate is NaN or infinite', 'draw only finite numbers')
}

function allFinite(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value)
  if (value === null || typeof value !== 'object') return true
  return Object.values(value).every(allFinite)
}
