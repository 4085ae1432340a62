/**
 * The environments and the worlds of the tests as plain JavaScript in a folder of its own, as `npm run build` makes them (types are not
 * looked at). Workers start several times faster from it, and so does whoever tests what users install.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const WORLDS = ['counter-env', 'faulty-worlds', 'worlds'].map((name) => join(ROOT, `test/support/${name}.ts`))

export interface Built {
  readonly folder: string
  remove(): void
}

export function built(): Built {
  const folder = mkdtempSync(join(tmpdir(), 'tau-rl-built-'))
  for (const file of [...sources(join(ROOT, 'envs')), ...WORLDS]) {
    const out = join(folder, relative(ROOT, file).replace(/\.ts$/, '.js'))
    mkdirSync(dirname(out), { recursive: true })
    writeFileSync(out, javascript(readFileSync(file, 'utf8')))
  }
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'dir')
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

function javascript(text: string): string {
  const { ES2023 } = ts.ScriptTarget
  return ts.transpileModule(text, { compilerOptions: { target: ES2023, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true } })
    .outputText
}

function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name))
}
