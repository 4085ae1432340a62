/**
 * Reads the reference fixtures: numbers computed by the original Python libraries (test/fixtures/README.md).
 * Non-finite values are written as strings there; `revive` turns them back into numbers.
 */
import { readFileSync } from 'node:fs'

// biome-ignore lint/suspicious/noExplicitAny: fixtures are foreign data with many shapes; each test knows its own
type Fixture = any

/** One fixture file, whole: `fixture('gae').cases`. */
export function fixture(file: string): Fixture {
  return JSON.parse(readFileSync(new URL(`../fixtures/${file}.json`, import.meta.url), 'utf8'), revive)
}

function revive(_key: string, value: unknown): unknown {
  if (value === 'NaN') return Number.NaN
  if (value === 'Infinity') return Number.POSITIVE_INFINITY
  if (value === '-Infinity') return Number.NEGATIVE_INFINITY
  return value
}
