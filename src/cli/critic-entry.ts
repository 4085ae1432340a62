/** Where the second thread of a learner begins. However it ends, it says so in the shared memory, because whoever waits for it hears nothing else. */
import { workerData } from 'node:worker_threads'
import { type CriticTask, endCritic, serveCritic } from '../../agents/learners/critic-thread.js'

const task = workerData as CriticTask
process.on('exit', () => endCritic(task))
serveCritic(task, () => performance.now())
