/** The table of ARCHITECTURE.md, enforced: which room may import which, and no cycles. */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const TFJS = /^@tensorflow\//

interface Room {
  /** Rooms whose values it may import. */
  readonly may: readonly string[]
  /** Rooms of which it may import types only. */
  readonly types?: readonly string[]
  /** Packages it never imports, with the files that are the exception. */
  readonly never?: readonly { readonly packages: RegExp; readonly except?: readonly string[] }[]
}

const ROOMS: Readonly<Record<string, Room>> = {
  envs: {
    may: [],
    never: [
      {
        packages: /^(node:|@tensorflow\/)/,
        except: ['envs/vector/node-crew.ts', 'envs/vector/node-workers.ts', 'envs/vector/worker-entry.ts'],
      },
    ],
  },
  'src/core': { may: [], types: ['envs'], never: [{ packages: /^(node:|@tensorflow\/)/ }] },
  'src/clip': { may: ['src/core'], never: [{ packages: /^(node:|@tensorflow\/)/ }] },
  'src/kernels': { may: ['src/core'], never: [{ packages: /^(node:|@tensorflow\/)/ }] },
  'src/optim': { may: ['src/core', 'src/clip', 'src/kernels'], never: [{ packages: /^node:/ }] },
  'src/backend': { may: ['src/core', 'src/kernels'] },
  agents: { may: ['envs', 'src/core', 'src/clip', 'src/optim', 'src/kernels'], never: [{ packages: /^node:/ }] },
  'src/train': { may: ['envs', 'agents', 'src/optim', 'src/clip', 'src/backend', 'src/core'] },
  'src/export': { may: ['agents', 'envs', 'src/core', 'src/kernels', 'src/optim'], never: [{ packages: /^(node:|@tensorflow\/)/ }] },
  'src/record': { may: ['src/core', 'envs'], never: [{ packages: TFJS }] },
  'src/compare': { may: ['src/record', 'src/core'], never: [{ packages: TFJS }] },
  'src/dashboard': { may: ['src/core', 'src/record', 'envs/canvas'], types: ['envs'], never: [{ packages: TFJS }] },
}

interface Import {
  readonly from: string
  readonly to: string
  readonly typeOnly: boolean
}

const files = Object.keys(ROOMS).flatMap((room) => sources(join(ROOT, room)))
const imports = files.flatMap(importsOf)

describe('the house', () => {
  test('every import stays within the table', () => {
    expect(imports.flatMap(offence)).toEqual([])
  })

  test('no cycles', () => {
    expect(cycles()).toEqual([])
  })

  test('the table would catch an offender', () => {
    expect(offence({ from: 'envs/core.ts', to: 'src/core/json.ts', typeOnly: false })).toHaveLength(1)
    expect(offence({ from: 'agents/ppo.ts', to: 'node:fs', typeOnly: false })).toHaveLength(1)
    expect(offence({ from: 'src/core/events.ts', to: 'envs/canvas/canvas.ts', typeOnly: false })).toHaveLength(1)
  })
})

function offence({ from, to, typeOnly }: Import): string[] {
  const room = roomOf(from)
  const rules = ROOMS[room]
  if (!rules) return []
  if (!to.includes('/') || to.startsWith('node:') || to.startsWith('@')) {
    const forbidden = rules.never?.some(({ packages, except }) => packages.test(to) && !except?.includes(from))
    return forbidden && !typeOnly ? [`${from} imports ${to}, which ${room} never does`] : []
  }
  const within = (allowed: string) => to.startsWith(`${allowed}/`)
  if (within(room) || rules.may.some(within) || (typeOnly && rules.types?.some(within))) return []
  return [`${from} imports ${to}: ${room} may import ${rules.may.join(', ') || 'nothing else'}`]
}

function roomOf(file: string): string {
  return Object.keys(ROOMS).find((room) => file.startsWith(`${room}/`)) ?? ''
}

function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => join(folder, name))
}

function importsOf(file: string): Import[] {
  const from = relative(ROOT, file)
  const text = readFileSync(file, 'utf8')
  const found: Import[] = []
  for (const match of text.matchAll(/^(?:import|export)\s+(type\s)?(?:[^'";]*?\sfrom\s+)?'([^']+)'|\bimport\('([^']+)'\)/gm)) {
    const target = match[2] ?? match[3]!
    const to = target.startsWith('.') ? relative(ROOT, resolve(dirname(file), target)).replace(/\.js$/, existing(file, target)) : target
    found.push({ from, to, typeOnly: match[1] !== undefined })
  }
  return found
}

function existing(file: string, target: string): string {
  const tsx = resolve(dirname(file), target).replace(/\.js$/, '.tsx')
  return files.includes(tsx) ? '.tsx' : '.ts'
}

/** Cycles of value imports, each named once by its shortest form. */
function cycles(): string[] {
  const edges = new Map<string, string[]>()
  for (const { from, to, typeOnly } of imports) if (!typeOnly) edges.set(from, [...(edges.get(from) ?? []), to])
  const found = new Set<string>()
  const done = new Set<string>()
  const walk = (file: string, path: readonly string[]): void => {
    const at = path.indexOf(file)
    if (at >= 0) {
      found.add(path.slice(at).concat(file).join(' → '))
      return
    }
    if (done.has(file)) return
    for (const next of edges.get(file) ?? []) walk(next, [...path, file])
    done.add(file)
  }
  for (const file of edges.keys()) walk(file, [])
  return [...found]
}
