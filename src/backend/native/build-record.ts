/** What we built inside a package, written beside it: the doctor reads it, and undoing needs it. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface BuildRecord {
  /** The Python distribution whose libraries it uses: 'tensorflow', 'tensorflow-cpu'. */
  readonly distribution: string
  /** Of TensorFlow. */
  readonly version: string
  readonly cuda: boolean
}

const FILE = 'tau-rl-native.json'

export function writeBuild(packageFolder: string, record: BuildRecord): void {
  writeFileSync(join(packageFolder, FILE), `${JSON.stringify(record, null, 2)}\n`)
}

/** null where we built nothing. */
export function readBuild(packageFolder: string): BuildRecord | null {
  const file = join(packageFolder, FILE)
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as BuildRecord) : null
}

export const buildRecordFile = (packageFolder: string): string => join(packageFolder, FILE)
