/** `config.yaml`: every setting of a run as resolved, to be read by people and by `--config`. */
import { stringify } from 'yaml'
import { resolveConfig } from '../core/config/layers.js'
import type { RunConfig } from '../core/config/schema.js'
import { yamlLayer } from '../core/config/text.js'
import { writeAtomically } from './atomic-file.js'
import { type Disk, nodeDisk } from './disk.js'
import type { RunFolder } from './run-folder.js'
import { readText } from './strict-json.js'

/** The configuration as YAML that `--config` reads back. */
export function configYaml(config: RunConfig): string {
  return `# The settings of this run, all of them. --config reads this file back.\n${stringify(config, { aliasDuplicateObjects: false })}`
}

/** @throws FileError */
export function writeConfig(path: string, config: RunConfig, disk: Disk = nodeDisk): void {
  writeAtomically(path, configYaml(config), disk)
}

/** @throws FileError; UsageError naming the line when a setting is not valid */
export function readConfig(folder: Pick<RunFolder, 'files'>): RunConfig {
  const path = folder.files.config
  return resolveConfig([yamlLayer(readText(path), path)])
}
