"""Interpret the source of a rule line by line: what each line computes, and from which names.

The statements are run one by one while they are read, so that what is shown is what is computed.
They run on numbers as on symbols (`optviz.optimizers.tracer`), which leave a `where` undecided.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Generator, Iterator, Mapping
from typing import Any

from optviz.optimizers import Optimizer, answers, base
from optviz.optimizers.answers import decayed
from optviz.optimizers.wrappers import Wrapper, base_of
from optviz.translate.called import called_method, given_anew
from optviz.translate.expressions import Assignment, Expression, Name, Scope
from optviz.translate.source import code, function_of, not_arithmetic, written_out
from optviz.translate.transforms import transform_line
from optviz.translate.trees import TreeReader
from surfaces.errors import InputError


def read(
    optimizer: Optimizer,
    t: Any,
    lr: Any,
    grad: Any,
    params: Any,
    slots: Mapping[str, Any],
    transformed: Any = None,
    seen: Mapping[str, Any] | None = None,
) -> Iterator[Assignment]:
    """The lines of one step in the rule's order, with those for sign and decay around them.

    A transform is the first of them: what it does with a whole vector is not taken apart.

    Parameters
    ----------
    optimizer : Optimizer
    t, lr, grad, params : number, array or symbol
    slots : mapping of name to number, array or symbol
        Before the step.
    transformed : symbol, optional
        What the rule is given in place of ``grad``; computed unless given.
    seen : mapping, optional
        Value and hessian, for a rule that names them.

    Raises
    ------
    InputError
        A rule whose source cannot be read (typed into a prompt, or compiled), or that is more than
        arithmetic.
    """
    if type(optimizer).rule is Optimizer.rule or not optimizer.steps_by_rule:
        raise optimizer.without_rule()
    known = {name: (seen or {})[name] for name in optimizer.inputs if name != "params"}
    given = {"t": t, "lr": lr, "grad": grad, "params": params, **known, **slots}
    interpreter = _RuleInterpreter(optimizer, given, set(slots), known)
    if optimizer.transforms:
        new = optimizer.transformed(grad, params) if transformed is None else transformed
        yield from interpreter.transform(new)
    yield from interpreter.run(function_of(Optimizer.apply).body)


class _RuleInterpreter(TreeReader):
    """Runs a rule statement by statement, and yields those that compute something."""

    def __init__(self, optimizer: Optimizer, given: Any, slots: set[str], seen: Any) -> None:
        self.rule = type(optimizer).rule
        around = dict(inspect.getclosurevars(self.rule).nonlocals)
        self.globals = vars(base) | vars(answers) | self.rule.__globals__ | around
        self.scope = {"self": optimizer, "seen": seen, **given}
        self.slots, self.seen = slots, set(seen)
        self.step: Any = None  # what the rule returned
        self.running = self.rule  # whose statements are run at this moment
        self.inner = self.rule  # what weight decay stands around at this moment
        self.said: dict[str, str] = {}  # what a name is called that stands for another one
        self.primes: dict[str, int] = {}
        self.silent: set[str] = set()  # names that no line gives a value
        self.scopes = dict.fromkeys(given, Scope.COORDINATE)
        self.scopes |= dict.fromkeys(("t", "lr"), Scope.STEP)

    def transform(self, transformed: Any) -> Iterator[Assignment]:
        """The line of the gradient that the rule is given, which is its ``grad`` from then on."""
        raw = self.name("grad", self.scope["grad"])
        yield (line := transform_line(self.scope["self"], raw, transformed))
        self.scope["grad"], self.primes["grad"] = transformed, 1
        yield Assignment(self.name("grad", transformed), line.target)

    def run(self, body: list[ast.stmt]) -> Generator[Assignment, None, bool]:
        """Run statements up to a return statement; returns whether there was one."""
        for statement in body:
            match statement:
                case ast.If(test=test):
                    branch = statement.body if self.value(test) else statement.orelse
                    if (yield from self.run(branch)):
                        return True
                case ast.Assign(targets=[ast.Name(id=name)], value=value):
                    yield from self.assign([(name, value)])
                case ast.AugAssign(target=ast.Name(id=name)):
                    yield from self.assign([(name, written_out(statement))])
                case ast.Return(value=ast.Call(func=ast.Attribute(attr="checked_rule"))):
                    yield from self.run_rule(self.rule)
                    return True
                case ast.Return(value=ast.Call(func=ast.Name(id="decayed"))):
                    yield from self.run_decayed(self.rule)
                    return True
                case ast.Assign(value=ast.Call(func=ast.Name(id="rule"))):  # within `decayed`
                    yield from self.run_rule(self.inner)
                case ast.Assign(
                    targets=[ast.Tuple(elts=[_, ast.Name(id=slots)])],
                    value=ast.Call(
                        func=ast.Attribute(value=ast.Name(id="self"), attr="base_step"),
                        args=[wrapper, *_, params, _],
                    ) as call,
                ):
                    yield from self.run_base(self.value(wrapper), params)
                    self.scope[slots] = self.value(call)[1]
                case ast.Assign(
                    targets=[ast.Tuple(elts=[ast.Name(id=step), ast.Name(id=slots)])],
                    value=ast.Call(func=ast.Attribute(attr="rule")) as call,
                ):
                    found = yield from self.run_called(call)
                    self.scope[step], self.scope[slots] = found
                    self.scopes[step] = Scope.COORDINATE
                    self.said |= {step: "step"} if step != "step" else {}
                case ast.Return(value=ast.Call(func=ast.Attribute(attr="rule")) as call):
                    self.step, _ = yield from self.run_called(call)
                    return True
                case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=values)) if (
                    all(isinstance(name, ast.Name) for name in names)
                ):
                    texts = [name.id for name in names if isinstance(name, ast.Name)]
                    yield from self.assign(list(zip(texts, values, strict=True)))
                case ast.Return(value=ast.Tuple(elts=[ast.Name(id="step"), ast.Name(id="slots")])):
                    return True  # of `decayed`: the step has been shown
                case ast.Return(value=ast.Tuple(elts=[step, state]) as both):
                    self.step, _ = self.value(both)  # at once: in the order in which Python does
                    yield from self.new_slots(state)
                    if "step" in self.primes and self.says_step(step):
                        return True  # of a called rule, as it is
                    primes = self.primes["step"] + 1 if "step" in self.primes else 0
                    target = Name("step", primes, False, self.step, self.scope_of(step))
                    yield Assignment(target, self.tree(step))
                    self.primes["step"] = primes
                    return True
                case _:
                    self.execute(statement)
        return False

    def run_rule(self, rule: Callable[..., Any]) -> Iterator[Assignment]:
        """Run a rule that another function calls; its local names are dropped at its end."""
        function = function_of(rule)
        outside = self.scope, self.primes, self.scopes, self.globals
        running, self.running = self.running, rule
        self.scope, self.primes, self.scopes = map(dict, outside[:3])
        self.globals = self.globals | rule.__globals__
        yield from self.turn(self.scope.pop("seen", {}))
        self.primes.pop("seen", None)
        arguments = [argument.arg for argument in function.args.args]
        for name, ours in zip(arguments[1:4], ("t", "lr", "grad"), strict=False):
            self.scope[name], self.scopes[name] = outside[0][ours], outside[2][ours]
        if function.args.kwarg:  # the slots that it does not name, value and hessian
            rest = {k: self.scope[k] for k in (*self.slots, *self.seen) if k not in arguments}
            self.scope[function.args.kwarg.arg] = rest
        yield from self.run(function.body)
        shown = self.primes["step"]
        self.scope, self.primes, self.scopes, self.globals = outside
        self.running = running
        self.scope["step"], self.primes["step"] = self.step, shown
        self.scopes["step"] = Scope.COORDINATE

    def run_called(self, call: ast.Call) -> Generator[Assignment, None, tuple[Any, Any]]:
        """Run the rule of a base class, or of an optimizer that this one has; returns its answer.

        What it is given anew, such as another gradient, has lines of its own before.
        """
        if any(isinstance(arg, ast.Starred) for arg in call.args):
            raise not_arithmetic(call)
        method = called_method(call, self.scope["self"], self.running, self.value)
        arguments = [self.value(arg) for arg in call.args]
        slots: dict[str, Any] = {}
        for keyword in call.keywords:
            value = self.value(keyword.value)
            slots |= {keyword.arg: value} if keyword.arg else value
        scope, primes = self.scope, self.primes
        self.scope, self.primes = dict(scope), dict(primes)
        yield from self.assign(given_anew(call, function_of(method.__func__)))
        self.scope["self"] = method.__self__
        yield from self.run_rule(method.__func__)
        shown = self.primes["step"]
        self.scope, self.primes = scope, primes | {"step": shown}
        self.scope["step"] = self.step
        answer: tuple[Any, Any] = method(*arguments, **slots)
        return answer

    def says_step(self, node: ast.expr) -> bool:
        """Whether a part of the rule is the step that has been shown."""
        return isinstance(node, ast.Name) and self.said.get(node.id, node.id) == "step"

    def turn(self, seen: Mapping[str, Any]) -> Iterator[Assignment]:
        """The lines of what is seen with the other sign, where an optimizer maximizes."""
        for text, value in seen.items():
            if value is not self.scope[text]:
                old = self.name(text, self.scope[text])
                self.scope[text], self.primes[text] = value, 1
                yield Assignment(self.name(text, value), Expression("-", (old,)))

    def run_decayed(self, rule: Callable[..., Any]) -> Iterator[Assignment]:
        """Run a rule with weight decay around it."""
        self.inner = rule
        yield from self.run(function_of(decayed).body)

    def run_base(self, wrapper: type[Wrapper], params: ast.expr) -> Iterator[Assignment]:
        """Run the rule that a wrapper stands before, at the point that it is given."""
        scope, said, primes = self.scope, self.said, self.primes.get("grad", 0)
        optimizer = scope["self"]
        self.scope = scope | {"params": self.value(params)}
        if isinstance(params, ast.Name):
            self.said = said | {"params": params.id}
        rule: Any = optimizer.base_rule(wrapper)
        run = (
            self.run_rule if base_of(wrapper, type(optimizer)).decays_in_rule else self.run_decayed
        )
        yield from run(rule.__func__)
        self.scope, self.said = scope | {"step": self.scope["step"]}, said
        self.primes["grad"] = primes

    def new_slots(self, state: ast.expr) -> Iterator[Assignment]:
        """The lines for slots that are computed in the return statement."""
        if isinstance(state, ast.BinOp) and isinstance(state.op, ast.BitOr):
            state = state.right  # the base's slots stand on the left
        if isinstance(state, ast.Dict):
            for key, value in zip(state.keys, state.values, strict=True):
                if isinstance(key, ast.Constant) and not isinstance(value, ast.Name):
                    scope = self.scope_of(value)
                    target = Name(str(key.value), 1, True, self.value(value), scope)
                    yield Assignment(target, self.tree(value))

    def assign(self, pairs: list[tuple[str, ast.expr]]) -> Iterator[Assignment]:
        """Run an assignment, or several at once: all right-hand sides first, as in Python."""
        found = []
        for name, expression in pairs:
            value = self.value(expression)
            # A choice, a condition or a collection is known from now on, and no line of its own.
            silent = isinstance(value, bool | dict | tuple) or isinstance(expression, ast.Compare)
            tree = None if silent else self.tree(expression)
            found.append((name, value, tree, self.scope_of(expression)))
        for name, value, tree, scope in found:
            if name in self.scope:
                self.primes[name] = self.primes.get(name, 0) + 1
            self.scope[name], self.scopes[name] = value, scope
            if tree is None:
                self.silent.add(name)
            else:
                self.silent.discard(name)
                yield Assignment(self.name(name, value), tree)

    def name(self, text: str, value: Any) -> Name:
        text = self.said.get(text, text)
        scope = self.scopes.get(text, Scope.SETTINGS)
        return Name(text, self.primes.get(text, 0), text in self.slots, value, scope)

    def names_in(self, node: ast.AST) -> list[str]:
        """The names that a part of the rule reads or gives another value."""
        names = (part.id for part in ast.walk(node) if isinstance(part, ast.Name))
        return [name for name in dict.fromkeys(names) if name in self.scope and name != "self"]

    def scope_of(self, node: ast.AST) -> Scope:
        """The widest scope of what a part of the rule reads."""
        scopes = (self.scopes.get(name, Scope.SETTINGS) for name in self.names_in(node))
        return max(scopes, default=Scope.SETTINGS)

    def execute(self, statement: ast.stmt) -> None:
        scope = self.scope_of(statement)
        self.value(statement)
        stored = (part for part in ast.walk(statement) if isinstance(part, ast.Name))
        self.scopes |= {part.id: scope for part in stored if isinstance(part.ctx, ast.Store)}

    def value(self, node: ast.expr | ast.stmt) -> Any:
        try:
            return eval(code(node), self.globals, self.scope)
        except (InputError, ArithmeticError):
            raise
        except Exception:  # super(), a return in a loop: what only the whole function knows
            raise not_arithmetic(node) from None
