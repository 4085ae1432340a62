/** The part of checkEnv that looks at spaces, parts of spaces included. */
import type { Box } from '../spaces/box.js'
import { isSpace } from '../spaces/check.js'
import { describeElement, describeSpace } from '../spaces/describe.js'
import type { Dict } from '../spaces/dict.js'
import type { Space } from '../spaces/space.js'
import type { Tuple } from '../spaces/tuple.js'
import type { Report } from './finding.js'

export function checkSpace(field: 'observationSpace' | 'actionSpace', space: unknown, report: Report): void {
  if (!isSpace(space)) {
    report('error', field, `expected a Space, got ${describeElement(space)}`, 'set it with box(), discrete() or another space')
    return
  }
  space.seed(0)
  const sample = space.sample()
  if (!space.contains(sample)) {
    report(
      'error',
      field,
      `its own sample ${describeElement(sample)} is not in ${describeSpace(space)}`,
      'make sample() and contains() agree',
    )
  }
  space.seed(0)
  if (JSON.stringify(space.sample()) !== JSON.stringify(sample)) {
    report('error', field, 'the same seed gave another sample', 'draw samples from a generator that seed() starts anew')
  }
  checkPart(field, space, report)
}

function checkPart(field: string, space: Space, report: Report): void {
  if (space.kind === 'box') checkBox(field, space as Box, report)
  if (space.kind !== 'dict' && space.kind !== 'tuple') return
  const parts = Object.entries((space as Dict | Tuple).spaces)
  if (parts.length === 0) report('error', field, `${describeSpace(space)} has no parts`, 'give it at least one space')
  for (const [name, part] of parts) checkPart(`${field}.${name}`, part, report)
}

function checkBox(field: string, { low, high, size, dtype }: Box, report: Report): void {
  if (low.length !== size || high.length !== size) {
    report('error', field, `low and high must hold ${size} numbers, got ${low.length} and ${high.length}`, 'make the space with box()')
    return
  }
  const count = (holds: (l: number, h: number) => boolean) => {
    let found = 0
    for (let i = 0; i < size; i++) if (holds(low[i]!, high[i]!)) found++
    return found
  }
  const flipped = count((l, h) => h < l)
  const empty = count((l, h) => h === l)
  const open = count((l, h) => l === -Infinity || h === Infinity)
  if (flipped > 0) report('error', field, `high is below low in ${flipped} of ${size} numbers`, 'swap the bounds')
  if (empty > 0) report('warning', field, `low equals high in ${empty} of ${size} numbers`, 'drop numbers that never change')
  if (open > 0) report('warning', field, `${open} of ${size} numbers have an infinite bound`, 'give bounds where there are any')
  const normalised = count((l, h) => (l === -1 || l === 0) && h === 1)
  if (field.startsWith('actionSpace') && dtype.startsWith('float') && normalised < size) {
    report(
      'warning',
      field,
      'the bounds of the actions are not [-1, 1] or [0, 1]',
      'rescale actions inside the environment: policies begin near 0 with a spread of 1',
    )
  }
}
