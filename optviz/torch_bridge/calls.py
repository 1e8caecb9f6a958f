"""Print one operation on tensors as a torch call that writes into given memory."""

from __future__ import annotations

from collections.abc import Sequence

from surfaces import python
from surfaces.tape import COMPARISONS, Argument, Operation

EXTREMA = {"minimum": "max", "maximum": "min"}  # of a tensor and a number: torch.clamp's argument


def on_tensors(op: str, args: Sequence[Argument], is_tensor: Sequence[bool], out: str) -> str:
    """The text of the call; all operations are elementwise, so ``out`` may be an argument too.

    Parameters
    ----------
    op : str
        Of a tape, or of `Fusion`.
    args : sequence of str or float
        Names of the program, and constants.
    is_tensor : sequence of bool
        Which of them are tensors; one at least.
    out : str
    """
    texts = list(map(python.argument, args))
    match op:
        case "add_scaled" | "sub_scaled":
            to, term, factor = texts
            return f"torch.{op[:3]}({to}, {term}, alpha={factor}, out={out})"
        case "addcmul" | "addcdiv":
            return f"torch.{op}({', '.join(texts[:3])}, value={texts[3]}, out={out})"
        case "where":
            return _where(texts, is_tensor, out)
        case "add" | "mul" if not is_tensor[0]:
            texts.reverse()
        case "mod" if is_tensor[0]:
            op = "remainder"
        case "mod":
            return f"{out}.copy_({texts[0]} % {texts[1]})"
        case "sub" | "div" if not is_tensor[0]:
            return f"{out}.copy_({python.expression(Operation(out, op, tuple(args)))})"
        case "minimum" | "maximum" if not all(is_tensor):
            tensor, number = texts if is_tensor[0] else texts[::-1]
            return f"torch.clamp({tensor}, {EXTREMA[op]}={number}, out={out})"
        case _ if op in COMPARISONS:
            return f"{out} = {python.expression(Operation(out, op, tuple(args)))}"
    return f"torch.{op}({', '.join(texts)}, out={out})"


def _where(texts: list[str], is_tensor: Sequence[bool], out: str) -> str:
    condition, yes, no = texts
    if not any(is_tensor[1:]):  # two numbers: the type is the data's
        return f"{out}.fill_({no}).masked_fill_({condition}, {yes})"
    if not is_tensor[0]:  # a number decides
        puts = [
            f"{out}.{'copy_' if is_tensor[i] else 'fill_'}({value})"
            for i, value in enumerate((yes, no), 1)
        ]
        return f"{puts[0]} if {condition} else {puts[1]}"
    if not all(is_tensor):  # torch.where takes a number, but not with out
        return f"{out}.copy_(torch.where({condition}, {yes}, {no}))"
    return f"torch.where({condition}, {yes}, {no}, out={out})"
