import { expect } from 'vitest'
import { RunError } from '../../../src/core/errors.js'

/** What `work` throws: a RunError of one line without control characters that names `file`. */
export function oneLineError(work: () => unknown, file: string): RunError {
  let caught: unknown
  try {
    work()
  } catch (error) {
    caught = error
  }
  expect(caught).toBeInstanceOf(RunError)
  const { message } = caught as RunError
  expect(message).toContain(file)
  expect(message).not.toMatch(/\p{Cc}/u)
  return caught as RunError
}
