/** `npm run kernels`: writes src/kernels/generated/*.ts anew from src/kernels/assembly. A test says when they are out of date. */
import { writeFileSync } from 'node:fs'
import { generate, MODULES } from './kernels/modules.js'

for (const module of MODULES) {
  const text = await generate(module)
  writeFileSync(new URL(`../src/kernels/generated/${module.name}.ts`, import.meta.url), text)
  process.stdout.write(`${module.name}: ${text.length} characters\n`)
}
