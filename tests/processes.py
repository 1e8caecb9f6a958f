"""What the processes of `test_processes` do; each returns what it found through a folder."""

from __future__ import annotations

import warnings
from pathlib import Path

import torch
import torch.distributed as dist
from torch import nn

import optviz

warnings.simplefilter("ignore")  # torch's own, of gloo and threads


def data(seed: int = 0, count: int = 400) -> tuple[torch.Tensor, torch.Tensor]:
    """Three clouds of points in eight dimensions, and which is which."""
    random = torch.Generator().manual_seed(seed)
    centres = 2 * torch.randn(3, 8, generator=torch.Generator().manual_seed(9))
    labels = torch.randint(3, (count,), generator=random)
    return centres[labels] + torch.randn(count, 8, generator=random), labels


def network() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(8, 16), nn.Tanh(), nn.Linear(16, 3))


def hogwild(rank: int, model: nn.Module, spec: str) -> None:
    """Train the shared model without locks, each process with an optimizer of its own."""
    torch.set_num_threads(1)
    optimizer = optviz.to_torch(spec, model.parameters())
    points, labels = data(rank)
    for start in list(range(0, 400, 20)) * 3:
        optimizer.zero_grad()
        part = slice(start, start + 20)
        nn.functional.cross_entropy(model(points[part]), labels[part]).backward()
        optimizer.step()


def loop(model: nn.Module, optimizer: torch.optim.Optimizer, rank: int, world: int) -> None:
    """Ten steps on this rank's share of each batch."""
    points, labels = data()
    for k in range(10):
        optimizer.zero_grad()
        mine = slice(40 * k + rank, 40 * (k + 1), world)
        nn.functional.cross_entropy(model(points[mine]), labels[mine]).backward()
        optimizer.step()


def together(rank: int, world: int, folder: str, specs: list[str]) -> None:
    """DDP, and FSDP2 whose parameters are DTensors, on gloo."""
    from torch.distributed.fsdp import fully_shard

    torch.set_num_threads(1)
    dist.init_process_group(
        "gloo", init_method=f"file://{folder}/meeting", rank=rank, world_size=world
    )
    found = {}
    for spec in specs:
        model = nn.parallel.DistributedDataParallel(network())
        loop(model, optviz.to_torch(spec, model.parameters()), rank, world)
        found[f"ddp {spec}"] = list(model.module.state_dict().values())
        model = network()
        mesh = dist.device_mesh.init_device_mesh("cpu", (world,))
        fully_shard(model[0], mesh=mesh)
        fully_shard(model, mesh=mesh)
        optimizer = optviz.to_torch(spec, model.parameters())
        loop(model, optimizer, rank, world)
        found[f"fsdp {spec}"] = [p.full_tensor() for p in model.state_dict().values()]
        optimizer.load_state_dict(optimizer.state_dict())
        loop(model, optimizer, rank, world)
    if rank == 0:
        torch.save(found, Path(folder) / "found.pt")
    dist.destroy_process_group()
