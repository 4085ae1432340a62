/** `npm run install-native -- …` */
import { runScript } from './run-script.js'

await runScript('install-native')
