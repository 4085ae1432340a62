/**
 * Networks of the user's own, in a file: `--network ./my-network.ts`. The file's default export is a function that makes one
 * (agents/networks/own-network.ts). It runs with all the rights of this process, like any program.
 */
import type { NetworkMaker } from '../../agents/networks/own-parts.js'
import { UsageError } from '../core/errors.js'
import { defaultExport } from './env-modules.js'

/** @throws UsageError when there is no such file, it cannot be imported, or its default export is no function; errors of the function name the file */
export async function loadNetworkFile(file: string): Promise<NetworkMaker> {
  const make = await defaultExport('network', file)
  if (typeof make !== 'function') {
    throw new UsageError(
      `network file "${file}": expected a default export (request) => ({ actor, critic }) or (request) => ({ variables, apply }), ` +
        `got ${make === undefined ? 'none' : typeof make}. See examples/my-network.ts.`,
    )
  }
  return make as NetworkMaker
}
