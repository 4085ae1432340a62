/**
 * Environments of the user's own, in a file: `--env ./my-env.ts`. The file's default export is what `register` takes, or a function that
 * makes an Env (then the file's name names it). It runs with all the rights of this process, like any program.
 */
import { existsSync } from 'node:fs'
import { basename, extname, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Registration, register, registeredIds } from '../../envs/registry.js'
import { UsageError } from '../core/errors.js'

/** Whether a text names a file rather than a registered environment. */
export const isEnvFile = (name: string): boolean => /\.[cm]?[jt]s$/.test(name)

/** What each file registered, or will: a file is imported once. */
const loaded = new Map<string, Promise<string>>()

/**
 * Imports the file and registers its environment.
 * @returns the id to make it by
 * @throws UsageError when there is no such file, it cannot be imported, or its default export is no environment
 */
export function loadEnvFile(file: string): Promise<string> {
  const path = resolve(file)
  const known = loaded.get(path) ?? load(file, path)
  loaded.set(path, known)
  return known
}

async function load(file: string, path: string): Promise<string> {
  const registration = registrationOf(file, await defaultExport('environment', file))
  if (registeredIds().includes(registration.id)) {
    throw new UsageError(`environment file "${file}": "${registration.id}" is the name of another environment. Give it a name of its own.`)
  }
  register({ ...registration, module: pathToFileURL(path).href }) // so that worker threads can load it too
  return registration.id
}

/**
 * What a file of the user's own exports by default.
 * @param what said in errors: 'environment'
 * @throws UsageError when there is no such file, or it cannot be imported
 */
export async function defaultExport(what: string, file: string): Promise<unknown> {
  const path = resolve(file)
  if (!existsSync(path)) throw new UsageError(`${what} file "${file}": there is no such file.`)
  try {
    return ((await import(pathToFileURL(path).href)) as { default?: unknown }).default
  } catch (error) {
    const { code, message } = error as { code?: string; message: string }
    if (code === 'ERR_UNKNOWN_FILE_EXTENSION') {
      throw new UsageError(
        `${what} file "${file}": this Node does not run TypeScript. Use Node 22.18 or newer, start it as node --import tsx, or compile the file.`,
      )
    }
    throw new UsageError(`${what} file "${file}" cannot be imported: ${message}`)
  }
}

function registrationOf(file: string, exported: unknown): Registration {
  if (typeof exported === 'function') {
    return { id: `${basename(file, extname(file))}-v0`, env: exported as Extract<Registration, { env: unknown }>['env'] }
  }
  const registration = exported as Registration | null | undefined
  const makes = registration && typeof registration === 'object' && ('functions' in registration || 'env' in registration)
  if (!makes || typeof registration.id !== 'string') {
    throw new UsageError(
      `environment file "${file}": expected a default export { id: 'Name-v0', functions: (options) => … } or { id, env: (options) => … }, ` +
        `or a function that makes an Env, got ${exported === undefined ? 'none' : typeof exported}. See examples/my-env.ts.`,
    )
  }
  return registration
}
