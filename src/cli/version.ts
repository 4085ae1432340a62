/** Versions: ours, from package.json one folder up from the sources or two from what was built, and those of what computes. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { packageFolder } from '../backend/tensorflow.js'

export const packageVersion = (): string => ours().version

/** Package → version, for manifests: ours, what computes, and of what may be installed beside it what is. */
export function packageVersions(): Readonly<Record<string, string>> {
  const { name, version, dependencies, peerDependencies } = ours()
  const computing = Object.entries(dependencies).filter(([dependency]) => computes(dependency))
  const optional = Object.keys(peerDependencies)
    .filter(computes)
    .flatMap((peer) => {
      const folder = packageFolder(peer)
      return folder === null ? [] : [[peer, (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Package).version]]
    })
  return { [name]: version, ...Object.fromEntries([...computing, ...optional]) }
}

const computes = (dependency: string): boolean => dependency === 'webgpu' || dependency.startsWith('@tensorflow/')

interface Package {
  readonly name: string
  readonly version: string
  readonly dependencies: Readonly<Record<string, string>>
  readonly peerDependencies: Readonly<Record<string, string>>
}

function ours(): Package {
  return JSON.parse(readFileSync(packageFile(), 'utf8'))
}

function packageFile(): string {
  const places = ['../../package.json', '../../../package.json'].map((place) => fileURLToPath(new URL(place, import.meta.url)))
  return places.find((place) => existsSync(place)) ?? places[0]!
}
