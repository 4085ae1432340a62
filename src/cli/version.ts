/** Versions: ours, from package.json one folder up from the sources or two from what was built, and those of what computes. */
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export const packageVersion = (): string => ours().version

/** Package → version, for manifests. */
export function packageVersions(): Readonly<Record<string, string>> {
  const { name, version, dependencies } = ours()
  const computing = Object.entries(dependencies).filter(([dependency]) => dependency.startsWith('@tensorflow/'))
  return { [name]: version, ...Object.fromEntries(computing) }
}

function ours(): { readonly name: string; readonly version: string; readonly dependencies: Readonly<Record<string, string>> } {
  return JSON.parse(readFileSync(packageFile(), 'utf8'))
}

function packageFile(): string {
  const places = ['../../package.json', '../../../package.json'].map((place) => fileURLToPath(new URL(place, import.meta.url)))
  return places.find((place) => existsSync(place)) ?? places[0]!
}
