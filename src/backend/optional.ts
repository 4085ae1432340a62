/** Packages that are not dependencies: imported by name when somebody asks for them, and what to say when they are not there. */
import { UsageError } from '../core/errors.js'

/** What an import of a CommonJS or an ES module holds, without types: they may not be installed. */
export type Loaded = Readonly<Record<string, unknown>>

/**
 * @param remedy the command that installs it
 * @throws UsageError when it is not installed, with the remedy; whatever else importing it throws
 */
export async function importOptional(packageName: string, backend: string, remedy: string): Promise<Loaded> {
  try {
    const module = (await import(packageName)) as { readonly default?: unknown }
    return { ...(module.default as Loaded | undefined), ...module }
  } catch (error) {
    if (isMissing(error, packageName)) throw new UsageError(`backend "${backend}" needs the package ${packageName}: ${remedy}`)
    throw error
  }
}

/** Whether an import failed because this very package is not installed, and not one that it needs. */
export function isMissing(error: unknown, packageName: string): boolean {
  const { code, message = '' } = error as { code?: string; message?: string }
  if (message.includes(`Could not resolve "${packageName}"`)) return true // what bundlers put in the place of an optional peer
  return (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND') && message.includes(`'${packageName}'`)
}

/** Whether something that computes on the processor may stand in for a graphics processor: only where the environment says so. */
export const softwareAllowed = (): boolean => process.env['TAU_RL_GPU'] === 'software'

/** How to say it. */
export const SOFTWARE_REMEDY = 'TAU_RL_GPU=software accepts it, for tests'
