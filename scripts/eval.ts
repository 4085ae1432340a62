/** `npm run eval -- …` */
import { runScript } from './run-script.js'

await runScript('eval')
