/** Presets: tuned settings per algorithm and environment, in agents/presets/<name>.yml, each with its source. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type ConfigLayer, isObject, overlay } from '../core/config/layers.js'
import { yamlLayer } from '../core/config/text.js'
import { UsageError } from '../core/errors.js'
import type { JsonObject } from '../core/json.js'
import { didYouMean } from '../core/suggest.js'

const FOLDER = fileURLToPath(new URL('../../agents/presets/', import.meta.url))

export const presetNames = (): string[] =>
  readdirSync(FOLDER)
    .filter((file) => file.endsWith('.yml'))
    .map((file) => file.slice(0, -'.yml'.length))
    .sort()

/**
 * The settings of preset `name` for one algorithm and environment: its `default` entry, and the environment's own over it. An algorithm
 * that the preset does not know gets nothing.
 * @throws UsageError for an unknown preset
 */
export function presetLayer(name: string, algo: string, env: string): ConfigLayer {
  const names = presetNames()
  if (!names.includes(name)) throw new UsageError(`--preset ${name}: there are ${names.join(', ')}.${didYouMean(name, names)}`)
  const file = `${FOLDER}${name}.yml`
  const { value } = yamlLayer(existsSync(file) ? readFileSync(file, 'utf8') : '', `preset ${name}`)
  const entries = value[algo]
  const known = isObject(entries) ? entries : {}
  return { value: overlay(settings(known['default']), settings(known[env])), locate: () => `preset ${name}` }
}

/** An entry without the words about it. */
function settings(entry: JsonObject[string] | undefined): JsonObject {
  if (!isObject(entry)) return {}
  const { source: _, measured: __, ...rest } = entry
  return rest
}
