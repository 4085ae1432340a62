/** The kernels of the fused learner: what kernels.ts asks for, by the same names, and what the loader and the bench need. */
export { exp, tanh } from './activation';
export { backwardInput, forward } from './dense';
export { categoricalHead, gaussianHead, valueHead } from './heads';
export { adam, clear, rmsprop, scale, sumOfSquares } from './optim';
export { gather, pack, packTransposed } from './pack';
export { multiplyAdd, peak } from './probe';
export { backwardWeights } from './weight-gradient';
