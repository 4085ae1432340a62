/** The law of every export format: what was exported answers as the agent does, whatever it observes and however it acts. */
import { beforeAll, describe, expect, test } from 'vitest'
import type { ExportFormat } from '../../src/export/format.js'
import { exportFormats } from '../../src/export/formats.js'
import { metadataOf } from '../../src/export/metadata.js'
import type { PolicyExport } from '../../src/export/policy.js'
import { type Answers, type ExportCase, exportCase, exportCaseNames } from '../support/export-cases.js'

/** What a reader makes of exported files. */
export interface ReadPolicy {
  readonly metadata: unknown
  /** [rows, logits or A], [rows] of the network in the files. */
  readonly answer: (
    observations: Float32Array,
    rows: number,
    masks: Uint8Array | null,
  ) => Promise<{ readonly outputs: readonly number[]; readonly values: readonly number[]; readonly actions?: readonly number[] }>
}

/** @param read the files as a foreign program would */
export function exportFormatSuite(format: ExportFormat, read: (files: ReadonlyMap<string, Uint8Array>) => Promise<ReadPolicy>): void {
  describe(`export format ${format.name}`, () => {
    test('is registered', () => {
      expect(exportFormats()).toContain(format)
    })

    describe.each(exportCaseNames)('%s', (name) => {
      let given: ExportCase
      let policy: ReadPolicy
      beforeAll(async () => {
        given = await exportCase(name)
        policy = await read(format.encode(given.policy))
      })

      test('the same observations give the same actions, values and log-probabilities', async () => {
        const { rows, observations, masks, actions, values, logProbs } = given.answers
        const got = await policy.answer(observations, rows, masks)
        expect(got.values).toBeAllClose(values, 1e-5, 1e-5)
        const meant = meaning(given.policy, given.answers, got.outputs)
        expect(meant.actions).toBeAllClose(actions, 1e-5, 1e-5)
        expect(meant.logProbs).toBeAllClose(logProbs, 1e-5, 1e-5)
        if (got.actions) expect(got.actions).toBeAllClose(actions, 1e-5, 1e-5)
      })

      test('tells what it is', () => {
        expect(policy.metadata).toEqual(JSON.parse(JSON.stringify(metadataOf(given.policy))))
      })

      test('the same policy gives the same bytes', () => {
        expect(format.encode(given.policy)).toEqual(format.encode(given.policy))
      })
    })
  })
}

/** Greedy actions and their log-probabilities, by the definitions. */
function meaning({ actions: how, logStd }: PolicyExport, { rows, masks }: Answers, outputs: readonly number[]) {
  const width = outputs.length / rows
  const actions: number[] = []
  const logProbs: number[] = []
  for (let row = 0; row < rows; row++) {
    const own = outputs.slice(row * width, (row + 1) * width)
    let logProb = 0
    if (how.kind === 'choices') {
      let at = 0
      how.sizes.forEach((n, c) => {
        const logits = own.slice(at, at + n).map((x, k) => (masks && masks[row * width + at + k] === 0 ? Number.NEGATIVE_INFINITY : x))
        const best = logits.indexOf(Math.max(...logits))
        actions.push(best + how.starts[c]!)
        logProb += logits[best]! - Math.log(logits.reduce((sum, x) => sum + Math.exp(x), 0))
        at += n
      })
    } else {
      own.forEach((mean, k) => {
        const [low, high] = [how.low[k]!, how.high[k]!]
        actions.push(how.squash ? low + ((Math.tanh(mean) + 1) / 2) * (high - low) : Math.min(high, Math.max(low, mean)))
        logProb -= logStd![k]! + 0.5 * Math.log(2 * Math.PI)
        if (how.squash) logProb -= Math.log(1 - Math.tanh(mean) ** 2)
      })
    }
    logProbs.push(logProb)
  }
  return { actions, logProbs }
}
