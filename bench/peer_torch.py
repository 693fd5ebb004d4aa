#!/usr/bin/env python3
"""Guess & Check and its gradient-descent baseline written plainly in PyTorch, for comparison with gnc.

    peer_torch.py draws --width 5 --depth 2 --batches 1000 10000 --threads 1 --processes 2
    peer_torch.py descent --width 5 --runs 8 --epochs 500

Prints one JSON object per configuration. Needs PyTorch alone.
"""
import argparse
import json
import multiprocessing
import time

import torch

PRIOR_SHARE = 16  # generalization losses of every 16th batch enter the prior mean, gnc's share


def activation_function(name, negative_slope):
    return {
        "Linear": lambda x: x,
        "Tanh": torch.tanh,
        "Leaky ReLU": lambda x: torch.nn.functional.leaky_relu(x, negative_slope),
    }[name]


def random_problem(n, n_train, device):
    """A rank-1 ground truth of norm 1, Gaussian measurements of norm 1, their orthonormal complement."""
    ground_truth = torch.outer(torch.randn(n, device=device), torch.randn(n, device=device))
    ground_truth /= ground_truth.norm()
    measurements = torch.randn(n_train, n * n, device=device)
    measurements /= measurements.norm(dim=1, keepdim=True)
    basis = torch.linalg.qr(measurements.T, mode="complete")[0]
    A_train, A_test = measurements.reshape(-1, n, n), basis[:, n_train:].T.reshape(-1, n, n)
    return [(A, (A * ground_truth).sum((1, 2))) for A in (A_train, A_test)]


def losses(Y, A, b):
    """Mean squared residuals of a batch of end-to-end matrices, as broadcast sums."""
    return (((Y.unsqueeze(1) * A).sum((2, 3)) - b) ** 2).mean(1)


def one_batch(batch, count, args, problem, act, device):
    (A_train, b_train), (A_test, b_test) = problem
    shapes = [(args.n, args.width)] + [(args.width, args.width)] * (args.depth - 2) + [(args.width, args.n)]
    Y = None
    for layer, (rows, cols) in enumerate(shapes):
        W = torch.randn(batch, rows, cols, device=device)
        Y = W if Y is None else torch.bmm(Y, W)
        Y = Y / cols**0.5
        if layer + 1 < len(shapes):
            Y = act(Y)
    if args.normalize:
        Y = Y / (Y.norm(dim=(1, 2), keepdim=True) + 1e-6)
    accepted = losses(Y, A_train, b_train) < args.eps_train
    prior = losses(Y, A_test, b_test).sum().item() if count % PRIOR_SHARE == 0 else 0.0
    return losses(Y[accepted], A_test, b_test).tolist(), prior


def synchronize(device):
    if device.type == "cuda":
        torch.cuda.synchronize()


def out_of_memory(error):
    """The first line of an error that is for want of memory; anything else is raised again."""
    text = (str(error).splitlines() or [""])[0]
    if not any(sign in text for sign in ("out of memory", "allocate memory", "ALLOC_FAILED")):
        raise error
    return text


def draw_for(seconds, batch, threads, seed, args, start):
    """(draws per second of one process, None), or (None, what memory was wanted); all pass `start` together."""
    torch.set_num_threads(threads)
    torch.manual_seed(seed)
    device = torch.device(args.device)
    problem = random_problem(args.n, args.n_train, device)
    act = activation_function(args.activation, 0.2)
    error = None
    with torch.no_grad():
        try:
            one_batch(batch, 0, args, problem, act, device)
        except RuntimeError as wanted:
            error = out_of_memory(wanted)
        if start is not None:
            start.wait()
        if error is not None:
            return None, error
        synchronize(device)
        begin = time.perf_counter()
        count = 0
        try:
            while time.perf_counter() - begin < seconds or count < 2:
                one_batch(batch, count, args, problem, act, device)
                count += 1
        except RuntimeError as wanted:
            return None, out_of_memory(wanted)
        synchronize(device)
        return count * batch / (time.perf_counter() - begin), None


def measure_batches(args, seed=0, start=None, queue=None):
    for batch in args.batches:
        rate, error = draw_for(args.seconds, batch, args.threads, seed, args, start)
        if args.device != "cpu":
            torch.cuda.empty_cache()
        if queue is None:
            report(args, batch, rate, error)
        else:
            queue.put((batch, rate, error))


def report(args, batch, rate, error):
    print(json.dumps({"width": args.width, "depth": args.depth, "activation": args.activation,
                      "batch": batch, "threads": args.threads, "processes": args.processes, "device": args.device,
                      **({"draws_per_second": rate} if error is None else {"error": error})}), flush=True)


def draws(args):
    if args.processes == 1:
        return measure_batches(args)
    context = multiprocessing.get_context("spawn")
    start, queue = context.Barrier(args.processes), context.Queue()
    workers = [context.Process(target=measure_batches, args=(args, seed, start, queue))
               for seed in range(args.processes)]
    for worker in workers:
        worker.start()
    for _ in args.batches:
        # The barrier keeps all processes at one batch size.
        rates = [queue.get() for _ in workers]
        error = next((error for _, _, error in rates if error is not None), None)
        report(args, rates[0][0], None if error else sum(rate for _, rate, _ in rates), error)
    for worker in workers:
        worker.join()


def descent(args):
    for runs in args.runs:
        descend(args, runs)


def descend(args, runs):
    """Full-batch group RMSprop (Razin et al. 2022) of `runs` runs side by side, each with its own problem."""
    torch.set_num_threads(args.threads)
    torch.manual_seed(0)
    device = torch.device(args.device)
    act = activation_function(args.activation, 0.2)
    problems = [random_problem(args.n, args.n_train, device)[0] for _ in range(runs)]
    A = torch.stack([problem[0] for problem in problems])
    b = torch.stack([problem[1] for problem in problems])
    shapes = [(args.n, args.width)] + [(args.width, args.width)] * (args.depth - 2) + [(args.width, args.n)]
    weights = [((2 * torch.rand(runs, *shape, device=device) - 1) * 1e-3 / shape[0]**0.5).requires_grad_()
               for shape in shapes]
    v = torch.zeros(runs, device=device)
    warm_up = min(10, args.epochs)
    for epoch in range(1, warm_up + args.epochs + 1):
        if epoch == warm_up + 1:
            synchronize(device)
            begin = time.perf_counter()
        Y = weights[0]
        for W in weights[1:]:
            Y = torch.bmm(act(Y), W)
        loss = (((A * Y.unsqueeze(1)).sum((2, 3)) - b) ** 2).mean(1).sum()
        gradients = torch.autograd.grad(loss, weights)
        with torch.no_grad():
            v = 0.99 * v + 0.01 * sum((g * g).sum((1, 2)) for g in gradients)
            step = (1e-4 / ((v / (1 - 0.99**epoch)).sqrt() + 1e-6)).reshape(-1, 1, 1)
            for W, g in zip(weights, gradients):
                W -= step * g
    synchronize(device)
    seconds = time.perf_counter() - begin
    print(json.dumps({"width": args.width, "depth": args.depth, "activation": args.activation,
                      "runs": runs, "threads": args.threads, "device": args.device,
                      "epochs_per_second": args.epochs / seconds}), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("draws", "descent"):
        command = commands.add_parser(name)
        command.add_argument("--width", type=int, default=5)
        command.add_argument("--depth", type=int, default=2)
        command.add_argument("--n", type=int, default=5, help="rows and columns of the ground truth")
        command.add_argument("--n-train", type=int, default=15, help="measurements")
        command.add_argument("--activation", choices=["Linear", "Tanh", "Leaky ReLU"], default="Linear")
        command.add_argument("--device", default="cpu")
        command.add_argument("--threads", type=int, default=1)
        if name == "draws":
            command.add_argument("--batches", type=int, nargs="+", default=[10000])
            command.add_argument("--processes", type=int, default=1, help="independent processes at once")
            command.add_argument("--seconds", type=float, default=1.0, help="a configuration")
            command.add_argument("--eps-train", type=float, default=0.02)
            command.add_argument("--normalize", action="store_true")
        else:
            command.add_argument("--runs", type=int, nargs="+", default=[1], help="side by side; one row for each")
            command.add_argument("--epochs", type=int, default=500)
    args = parser.parse_args()
    # Full single precision, gnc's own.
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.allow_tf32 = False
    draws(args) if args.command == "draws" else descent(args)


if __name__ == "__main__":
    main()
