"""Our optimizers where several processes train one model: Hogwild, DDP and FSDP2."""

from __future__ import annotations

import torch
import torch.multiprocessing as mp
from processes import data, hogwild, loop, network, together


def test_hogwild_trains_the_shared_model():
    """As PyTorch's example does; where parameters move away, accuracy stays that of chance."""
    model = network()
    model.share_memory()
    points, labels = data(5)

    def accuracy():
        return float((model(points).argmax(1) == labels).double().mean())

    assert accuracy() < 0.6
    mp.spawn(hogwild, (model, "momentum:lr=0.02"), nprocs=2)
    assert accuracy() > 0.9


SPECS = {
    "momentum:lr=0.05,weight_decay=0.01": (
        torch.optim.SGD, {"lr": 0.05, "momentum": 0.9, "weight_decay": 0.01}),
    "adam:lr=0.01": (torch.optim.Adam, {"lr": 0.01}),
    "adamw:lr=0.01,amsgrad=true": (torch.optim.AdamW, {"lr": 0.01, "amsgrad": True}),
    "rprop:lr=0.01": (torch.optim.Rprop, {"lr": 0.01}),
    "nadam": (torch.optim.NAdam, {}),
    "radam": (torch.optim.RAdam, {}),
}  # fmt: skip


def test_ddp_and_fsdp_give_the_weights_of_one_process(tmp_path):
    """On two ranks; the judge is torch's optimizer on whole batches."""
    mp.spawn(together, (2, str(tmp_path), list(SPECS)), nprocs=2)
    found = torch.load(tmp_path / "found.pt", weights_only=True)
    assert len(found) == 2 * len(SPECS)
    for spec, (kind, settings) in SPECS.items():
        model = network()
        loop(model, kind(model.parameters(), **settings), 0, 1)
        for way in ("ddp", "fsdp"):
            weights = zip(found[f"{way} {spec}"], model.state_dict().values(), strict=True)
            for got, expected in weights:
                torch.testing.assert_close(got, expected, rtol=1e-4, atol=2e-5)
