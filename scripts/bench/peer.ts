/**
 * The Python peers: the programs of peers/, run by the Python that `--python` names. Whatever is not there, and why, becomes a note under
 * the table instead of an error.
 */
import { fileURLToPath } from 'node:url'
import type { Json } from '../../src/core/json.js'
import type { Elsewhere } from './harness.js'
import { type Program, ProgramError, startProgram } from './program.js'

export interface Peer {
  readonly versions: string
  /** A variant for `measure`, per environment step. @param kind how Gymnasium steps: one environment, SyncVectorEnv, or its own vector version */
  steps(kind: 'single' | 'sync' | 'vector', id: string, numEnvs: number): Elsewhere
  close(): Promise<void>
}

/** Which program of peers/ a name stands for. */
export interface PeerProgram {
  readonly script: string
  /** Threads it may use. Default: as many as it takes by itself. */
  readonly threads?: number
}

export interface Peers {
  /** torch.compile too, which takes minutes to compile. */
  readonly torchCompile: boolean
  /** Starts programs. Those that cannot be started are missing in the answer, with a line in `notes`. */
  start<Name extends string>(programs: Readonly<Record<Name, PeerProgram>>, notes: string[]): Promise<Partial<Record<Name, Program>>>
}

/** @param python the interpreter, with scripts/bench/peers/requirements.txt installed; null: there is none */
export function pythonPeers(python: string | null, { torchCompile = false } = {}): Peers {
  return {
    torchCompile,
    async start(programs, notes) {
      const names = Object.keys(programs) as (keyof typeof programs)[]
      const started: Partial<Record<(typeof names)[number], Program>> = {}
      if (python === null) {
        notes.push(`${names.join('; ')}: not measured, --python names no Python`)
        return started
      }
      for (const name of names) {
        const { script, threads } = programs[name]
        try {
          started[name] = await startProgram(python, pythonArgs(script, threads))
        } catch (error) {
          notes.push(notMeasured(name, error))
        }
      }
      return started
    },
  }
}

export const pythonArgs = (script: string, threads?: number): string[] => [
  '-B', // leaves no compiled files beside the sources
  fileURLToPath(new URL(`./peers/${script}`, import.meta.url)),
  ...(threads === undefined ? [] : ['--threads', String(threads)]),
]

/** @throws ProgramError naming the interpreter when it cannot be started or has no Gymnasium */
export async function gymnasiumPeer(python: string): Promise<Peer> {
  const program = await startProgram(python, pythonArgs('gymnasium_steps.py')).catch((error: Error) => {
    throw new ProgramError(`--python ${python}: ${error.message}; its requirements are in scripts/bench/peers/requirements.txt`)
  })
  return {
    versions: program.versions,
    steps: (kind, id, numEnvs) => ({ ask: (ms) => program.ask({ kind, id, numEnvs, ms }) }),
    close: program.close,
  }
}

/** A variant for `measure`. @param prepare what it is asked before the first round, when a whole round would be too much */
export function asking(program: Program, request: Readonly<Record<string, Json>>, prepare?: Readonly<Record<string, Json>>): Elsewhere {
  return {
    ask: (ms) => program.ask({ ...request, ms }),
    ...(prepare && { warmUp: () => program.ask({ ...request, ...prepare }) }),
  }
}

/** Without those that fail at their first try, each of which leaves a line in `notes`. */
export async function able<Name extends string>(
  variants: Readonly<Partial<Record<Name, Elsewhere>>>,
  notes: string[],
): Promise<Partial<Record<Name, Elsewhere>>> {
  const kept: Partial<Record<Name, Elsewhere>> = {}
  for (const name of Object.keys(variants) as Name[]) {
    const variant = variants[name]!
    try {
      await (variant.warmUp?.() ?? variant.ask(1))
      kept[name] = variant
    } catch (error) {
      notes.push(notMeasured(name, error))
    }
  }
  return kept
}

const notMeasured = (name: string, error: unknown): string => {
  if (!(error instanceof ProgramError)) throw error
  return `${name}: not measured, ${error.message}`
}
