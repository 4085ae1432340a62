"""Clip of the global norm and Adam in PyTorch, nothing else, on so many parameters in 20 equal tensors. A request names their number
("parameters") and how Adam loops: "fused" or "foreach"."""

import functools

from serve import need, repeated, serve

(torch,) = need("torch")

TENSORS = 20


@functools.cache
def clip_and_step(count, variant):
    torch.manual_seed(1)
    parameters = [torch.nn.Parameter(torch.randn(count // TENSORS)) for _ in range(TENSORS)]
    for parameter in parameters:
        parameter.grad = torch.randn_like(parameter)
    optimizer = torch.optim.Adam(parameters, lr=1e-6, eps=1e-5, **{variant: True})

    def step():
        torch.nn.utils.clip_grad_norm_(parameters, 0.5)
        optimizer.step()

    step()
    return step


serve([torch], lambda request: repeated(clip_and_step(request["parameters"], request["variant"]), request["ms"]))
