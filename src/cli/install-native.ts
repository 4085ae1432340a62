/** `install-native`: the addon of TensorFlow's packages, built here from a Python wheel, since their own downloads often fail. */
import { createInterface } from 'node:readline/promises'
import { Option } from 'commander'
import { backends } from '../backend/backends.js'
import { buildNative, undoNative } from '../backend/native/build.js'
import { describePlan, planNative } from '../backend/native/plan.js'
import { probeBackend } from '../backend/probe.js'
import { gpuTroubles, packageFolder } from '../backend/tensorflow.js'
import { RunError, UsageError } from '../core/errors.js'
import { EXIT } from './exit.js'
import { type AddCommand, invocation, type Terminal } from './terminal.js'

interface NativeFlags {
  readonly gpu?: boolean
  readonly cuda?: boolean
  readonly tf?: string
  readonly distribution?: string
  readonly wheel?: string
  readonly yes?: boolean
  readonly undo?: boolean
}

export const addInstallNative: AddCommand = (program, terminal, done) => {
  program
    .command('install-native')
    .description('build the addon of @tensorflow/tfjs-node from a TensorFlow wheel (Linux)')
    .option('--gpu', 'of @tensorflow/tfjs-node-gpu')
    .option('--cuda', 'with --gpu: fetch the CUDA libraries too, where only the driver is installed')
    .option('--tf <version>', 'which TensorFlow (default: 2.15.1, with --gpu 2.21.0)')
    .addOption(
      new Option('--distribution <name>', 'which wheel (default: tensorflow-cpu, with --gpu tensorflow)').choices([
        'tensorflow',
        'tensorflow-cpu',
      ]),
    )
    .option('--wheel <file>', 'a wheel that is here already')
    .option('-y, --yes', 'download without asking')
    .option('--undo', 'take a build back')
    .action(async (flags: NativeFlags) => {
      if (flags.undo) undo(flags.gpu === true, terminal)
      else await install(flags, terminal)
      done(EXIT.done)
    })
}

async function install(flags: NativeFlags, terminal: Terminal): Promise<void> {
  const gpu = flags.gpu === true
  const { tf: version, distribution, wheel } = flags
  const plan = planNative({ gpu, cuda: flags.cuda === true, version, distribution, wheel })
  terminal.stdout.write(describePlan(plan))
  if (flags.yes !== true && !(await agreed(terminal))) throw new UsageError('install-native: nothing was done.')
  await buildNative(plan, {
    say: (text) => void terminal.stdout.write(`${text} …\n`),
    showTools: terminal.stdout.isTTY === true && terminal.stdout === process.stdout,
  })

  const name = gpu ? 'tensorflow-gpu' : 'tensorflow'
  const { works, detail } = await probeBackend(backends().find((entry) => entry.name === name)!, { TAU_RL_GPU: 'software' })
  if (!works) {
    undoNative(plan.folder)
    throw new RunError(`install-native: the addon was built and does not work, so it was taken back. ${detail}`)
  }
  terminal.stdout.write(`works: ${name} on ${detail}\n`)
  if (gpu && detail.startsWith('CPU')) terminal.stdout.write(`No graphics processor is used. ${gpuTroubles(plan.folder).join(' ')}\n`)
}

function undo(gpu: boolean, { stdout }: Terminal): void {
  const packageName = gpu ? '@tensorflow/tfjs-node-gpu' : '@tensorflow/tfjs-node'
  const folder = packageFolder(packageName)
  const undone = folder !== null && undoNative(folder)
  stdout.write(undone ? `taken back: ${packageName} is as it was\n` : `there is no build of ours in ${packageName}: nothing to undo\n`)
}

/** @throws UsageError where nobody can be asked */
async function agreed({ stdin, stdout, env }: Terminal): Promise<boolean> {
  if (!stdin.isTTY) {
    throw new UsageError(
      `install-native: there is nobody to ask here: ${invocation('install-native', env)} --yes downloads without asking.`,
    )
  }
  const terminal = createInterface({ input: stdin, output: stdout })
  try {
    return /^y(es)?$/i.test((await terminal.question('Go on? [y/N] ')).trim())
  } finally {
    terminal.close()
  }
}
