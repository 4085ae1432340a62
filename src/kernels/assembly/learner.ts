/** The kernels of the fused learner: what kernels.ts asks for, by the same names. */
export { exp, tanh } from './activation';
export { multiplyAdd, peak } from './probe';
