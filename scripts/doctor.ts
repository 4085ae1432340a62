/** `npm run doctor -- …` */
import { runScript } from './run-script.js'

await runScript('doctor')
