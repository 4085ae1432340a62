/**
 * The environments and the worlds of the tests as plain JavaScript in a folder of its own, as `npm run build` makes them (types are not
 * looked at). Workers start several times faster from it, and so does whoever tests what users install.
 */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
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
  return builtFrom([...sources(join(ROOT, 'envs')), ...WORLDS], { type: 'module' })
}

/** The whole package with its examples; `src/cli/main.js` starts it. */
export function builtPackage(): Built {
  const { name, version, dependencies, peerDependencies, exports } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  const here = JSON.parse(JSON.stringify(exports).replaceAll('./dist/', './'))
  const files = ['envs', 'agents', 'src', 'examples'].flatMap((room) => sources(join(ROOT, room)))
  const package_ = builtFrom(files, { name, version, dependencies, peerDependencies, exports: here, type: 'module' })
  cpSync(join(ROOT, 'agents/presets'), join(package_.folder, 'agents/presets'), {
    recursive: true,
    filter: (path) => !path.endsWith('.ts'),
  })
  return package_
}

function builtFrom(files: readonly string[], manifest: object): Built {
  const folder = mkdtempSync(join(tmpdir(), 'tau-rl-built-'))
  for (const file of files) {
    const out = join(folder, relative(ROOT, file).replace(/\.tsx?$/, '.js'))
    mkdirSync(dirname(out), { recursive: true })
    writeFileSync(out, javascript(readFileSync(file, 'utf8'), file))
  }
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest))
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'dir')
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

function javascript(text: string, fileName: string): string {
  const { ES2023 } = ts.ScriptTarget
  const compilerOptions = { target: ES2023, module: ts.ModuleKind.ESNext, jsx: ts.JsxEmit.ReactJSX, verbatimModuleSyntax: true }
  return ts.transpileModule(text, { compilerOptions, fileName }).outputText
}

function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name) && !name.endsWith('.d.ts'))
    .map((name) => join(folder, name))
}
