/** `manifest.json`: which program did what, where and when. Written when a run starts, and again when something in it changes. */
import { arch, cpus, hostname, platform, totalmem } from 'node:os'
import { z } from 'zod'
import type { RunStarted } from '../core/events.js'
import { writeAtomically } from './atomic-file.js'
import { type Disk, nodeDisk } from './disk.js'
import { gitCommit } from './git-commit.js'
import type { RunFolder } from './run-folder.js'
import { conform, parseJson, readText } from './strict-json.js'

const runSchema = z.object({
  env: z.string(),
  algo: z.string(),
  seed: z.number(),
  totalSteps: z.number(),
  numEnvs: z.number(),
  vectorization: z.string().default('unknown'), // runs before there was a choice do not say
  backend: z.string(),
  computing: z.string().optional(), // runs before there was a choice do not say
  clip: z.string(),
  parameters: z.number(),
  solvedAt: z.number().nullable(),
}) satisfies z.ZodType<Omit<RunStarted, 'kind' | 'step'>>

const manifestSchema = z.object({
  format: z.literal(1, { error: 'this version reads manifests of format 1' }),
  /** Package → version; `node` among them. */
  versions: z.record(z.string(), z.string()),
  /** Arguments after the program's name. */
  argv: z.array(z.string()),
  /** Of the folder in which the run was started; null outside a repository. */
  gitCommit: z.string().nullable(),
  host: z.object({
    name: z.string(),
    platform: z.string(),
    arch: z.string(),
    cpu: z.string(),
    cores: z.number(),
    memoryBytes: z.number(),
  }),
  pid: z.number(),
  /** ISO 8601, UTC. */
  start: z.iso.datetime(),
  end: z.iso.datetime().nullable(),
  /** 'running' also stands in the manifest of a run that was killed: see `runState`. */
  status: z.enum(['running', 'done', 'solved', 'interrupted', 'failed']),
  /** Why the run failed. */
  error: z.string().nullable(),
  /** What the run said about itself when it began; null before that. */
  run: runSchema.nullable(),
  /** When the run went on from a checkpoint, and at which step. */
  resumed: z.array(z.object({ time: z.iso.datetime(), step: z.number() })),
  /** The first hundred. */
  warnings: z.array(z.object({ step: z.number(), message: z.string() })),
})

export type Manifest = z.output<typeof manifestSchema>

export interface ManifestFacts {
  readonly argv: readonly string[]
  /** Package → version. */
  readonly versions: Readonly<Record<string, string>>
  /** Where to look for a git commit. Default: the working folder. */
  readonly workingFolder?: string
  /** Milliseconds since 1970. */
  readonly now: number
}

/** The manifest of a run that starts now. */
export function newManifest({ argv, versions, workingFolder, now }: ManifestFacts): Manifest {
  const processors = cpus()
  return {
    format: 1,
    versions: { ...versions, node: process.versions.node },
    argv: [...argv],
    gitCommit: gitCommit(workingFolder ?? process.cwd()),
    host: {
      name: hostname(),
      platform: platform(),
      arch: arch(),
      cpu: processors[0]?.model.trim() ?? 'unknown',
      cores: processors.length,
      memoryBytes: totalmem(),
    },
    pid: process.pid,
    start: isoTime(now),
    end: null,
    status: 'running',
    error: null,
    run: null,
    resumed: [],
    warnings: [],
  }
}

/** @throws FileError */
export function writeManifest(path: string, manifest: Manifest, disk: Disk = nodeDisk): void {
  writeAtomically(path, `${JSON.stringify(manifest, null, 2)}\n`, disk)
}

/** @throws FileError; RunError when the file is not a manifest */
export function readManifest(folder: Pick<RunFolder, 'files'>): Manifest {
  const path = folder.files.manifest
  return conform(manifestSchema, parseJson(readText(path), path), path)
}

/** ISO 8601 in UTC. @param now milliseconds since 1970 */
export function isoTime(now: number): string {
  return new Date(now).toISOString()
}
