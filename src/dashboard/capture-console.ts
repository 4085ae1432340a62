/**
 * While a full-screen display is up, whatever libraries print through `console` would tear it. It is told to the display instead, and
 * printed when the display is gone, so that nothing is lost.
 */
import { format } from 'node:util'

const METHODS = ['log', 'info', 'warn', 'error', 'debug'] as const
const KEPT = 100 // lines

/** @returns gives `console` back and prints there what came meanwhile: the last 100 lines of it. Works once. */
export function captureConsole(tell: (text: string) => void, target: Console = console): () => void {
  const originals = METHODS.map((method) => [method, target[method]] as const)
  const kept: (readonly [method: (typeof METHODS)[number], text: string])[] = []
  for (const method of METHODS) {
    target[method] = (...parts: unknown[]) => {
      const text = format(...parts)
      kept.push([method, text])
      if (kept.length > KEPT) kept.shift()
      tell(text)
    }
  }
  return () => {
    for (const [method, original] of originals.splice(0)) target[method] = original
    for (const [method, text] of kept.splice(0)) target[method](text)
  }
}
