/** `npm run clips -- …` */
import { runScript } from './run-script.js'

await runScript('clips')
