/** `npm run replay -- …` */
import { runScript } from './run-script.js'

await runScript('replay')
