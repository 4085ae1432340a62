/** `npm run build`: plain files in dist/ that mirror the tree, types included, and the presets beside the code that reads them. */
import { execFileSync } from 'node:child_process'
import { chmodSync, cpSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const tsc = fileURLToPath(new URL('../node_modules/typescript/bin/tsc', import.meta.url))

rmSync(`${root}dist`, { recursive: true, force: true })
execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' })
cpSync(`${root}agents/presets`, `${root}dist/agents/presets`, { recursive: true, filter: (path) => !path.endsWith('.ts') })
chmodSync(`${root}dist/src/cli/main.js`, 0o755)
