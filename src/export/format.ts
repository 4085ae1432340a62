/** What an export format is. A new one is one file, and one line in formats.ts. */
import type { PolicyExport } from './policy.js'

export interface ExportFormat {
  readonly name: string
  /** One line for people. */
  readonly description: string
  /** What stands at the path: a file with this ending, or a folder. */
  readonly extension: `.${string}` | null
  /** @returns what to write: one file, or for a folder each by its name */
  encode(policy: PolicyExport): ReadonlyMap<string, Uint8Array>
}

/** The one file of a format that is no folder. */
export const single = (bytes: Uint8Array): ReadonlyMap<string, Uint8Array> => new Map([['policy', bytes]])
