"""What people type and what it means: one set of cases for Python and for the browser."""

from __future__ import annotations

import numpy as np

# The referee: what the canonical text calls, as NumPy computes it.
NUMPY = {name: getattr(np, name) for name in
         ("sin", "cos", "tan", "exp", "log", "log2", "log10", "sqrt", "cbrt", "abs", "sign",
          "floor", "tanh", "sinh", "cosh", "minimum", "maximum", "where", "pi", "e")}  # fmt: skip
NUMPY |= {name: getattr(np, f"arc{name[1:]}") for name in
          ("asin", "acos", "atan", "atan2", "asinh", "acosh", "atanh")}  # fmt: skip

READ = {  # typed -> canonical text, which Python computes
    # Powers.
    "x^2": "x**2", "x^2+y": "x**2 + y", "(x)^2": "x**2", "x²": "x**2", "x²y³": "x**2*y**3",
    "x⁻¹": "x**-1", "x¹⁰": "x**10", "2²³": "2**23", "x⁺²": "x**2", "(x+1)²": "(x + 1)**2",
    "x^-2": "x**-2", "x^y^2": "x**y**2", "(x^y)^2": "(x**y)**2", "-x^2": "-x**2", "2^-1": "2**-1",
    "x**2²": "x**2**2", "e^x": "e**x", "e^-x^2": "e**-x**2", "pow(x, 3)": "x**3",
    "np.power(x,y)": "x**y", "x^⁠2": "x**2",
    # Products whose sign is left out.
    "2x": "2*x", "2 x": "2*x", "x y": "x*y", "xy": "x*y", "yx": "y*x", "xx": "x*x", "2xy": "2*x*y",
    "2(x+1)": "2*(x + 1)", "(x+1)(y-1)": "(x + 1)*(y - 1)", "x(y+1)": "x*(y + 1)",
    "(x+1)y": "(x + 1)*y", "5x^2": "5*x**2", "x**2y": "x**2*y", "x^2y^3": "x**2*y**3",
    "2^3x": "2**3*x", "3sin(x)": "3*sin(x)", "sin(x)cos(y)": "sin(x)*cos(y)", "sin(x)(y)": "sin(x)*y",
    "xsin(y)": "x*sin(y)", "x sin (y)": "x*sin(y)", "2pi x": "2*pi*x", "2πx": "2*pi*x",
    "pix": "pi*x", "2pixy": "2*pi*x*y", "xπ": "x*pi", "2e": "2*e", "2e3": "2e3", "2ex": "2*e*x",
    "2e x": "2*e*x", "2e+x": "2*e + x", "exy": "e*x*y", "xexp(y)": "x*exp(y)", "-2x": "-2*x",
    "x-2y": "x - 2*y", "x/2*y": "x/2*y", "x/(2y)": "x/(2*y)", "2x/3": "2*x/3", "x y/2": "x*y/2",
    "0xy": "0*x*y", "0x10y": "16*y", "2.x": "2.0*x", "2|x|": "2*abs(x)", "e(x+1)": "e*(x + 1)",
    # Names.
    "X": "x", "Y": "y", "X^2+Y^2": "x**2 + y**2", "E": "e", "PI": "pi", "Pi": "pi", "π": "pi",
    "Sin(X)": "sin(x)", "EXP(x)": "exp(x)", "ln(x)": "log(x)", "LN(x)": "log(x)",
    "log10(x)": "log10(x)", "log_10(x)": "log10(x)", "log2(x)": "log2(x)", "xlog2(y)": "x*log2(y)",
    "arcsin(x/9)": "asin(x/9)", "asin(x/9)": "asin(x/9)", "arccos(x/9)": "acos(x/9)",
    "arctan(x)": "atan(x)", "arctan2(y, x)": "atan2(y, x)", "arsinh(x)": "asinh(x)",
    "arccosh(x+2)": "acosh(x + 2)", "artanh(x/9)": "atanh(x/9)", "cbrt(x)": "cbrt(x)",
    "sgn(x)": "sign(x)", "sign(x - 1)": "sign(x - 1)", "floor(3x)": "floor(3*x)",
    "ceil(3x)": "-floor(-(3*x))", "fabs(x)": "abs(x)", "fmax(x, y)": "maximum(x, y)",
    "max(x, y)": "maximum(x, y)", "Min(X, Y)": "minimum(x, y)",
    "max(x, y, 1, 2)": "maximum(maximum(maximum(x, y), 1), 2)", "sec(x)": "1/cos(x)",
    "csc(x)": "1/sin(x)", "cosec(x)": "1/sin(x)", "cot(x)": "1/tan(x)", "sech(x)": "1/cosh(x)",
    "csch(x)": "1/sinh(x)", "coth(x)": "1/tanh(x)", "square(x+1)": "(x + 1)**2",
    "hypot(x, y)": "sqrt(x**2 + y**2)", "exp2(x)": "2**x", "log1p(x)": "log(1 + x)",
    "expm1(x)": "exp(x) - 1", "sigmoid(x)": "1/(1 + exp(-x))", "relu(x - 1)": "maximum(x - 1, 0)",
    "2^sec(x)": "2**(1/cos(x))", "relu(relu(x))": "maximum(maximum(x, 0), 0)",
    "sin^2(x)": "sin(x)**2", "sin²(x)": "sin(x)**2", "cos**3(x)": "cos(x)**3",
    "sin²(x) + cos²(x)": "sin(x)**2 + cos(x)**2", "sec²(x)": "(1/cos(x))**2",
    "np.sin(x)": "sin(x)", "numpy.exp(x)": "exp(x)", "math.pi*x": "pi*x", "Math.PI x": "pi*x",
    "torch.tanh(x)": "tanh(x)", "np.maximum(x, np.abs(y))": "maximum(x, abs(y))",
    "2np.exp(x)": "2*exp(x)",
    # Signs that are pasted.
    "x − 1": "x - 1", "x – 1": "x - 1", "2×x": "2*x", "2·x": "2*x", "x⋅y": "x*y", "x ÷ 2": "x/2",
    "x∕y": "x/y", "ｘ＋１": "x + 1", "（ｘ＋１）＊２": "(x + 1)*2", "ｍａｘ（ｘ，ｙ）": "maximum(x, y)",
    "𝑥² + 𝑦²": "x**2 + y**2", "x\u00a0+\u2009y": "x + y", "x\n+ y": "x + y", "\tx\r\n": "x",
    "√x": "sqrt(x)", "√2x": "sqrt(2)*x", "√(x+1)": "sqrt(x + 1)", "√(x+1)²": "sqrt(x + 1)**2",
    "∛x": "cbrt(x)", "√√x": "sqrt(sqrt(x))", "√|x|": "sqrt(abs(x))", "x\u2062y": "x*y",
    # Bars.
    "|x|": "abs(x)", "|x-1|+|y|": "abs(x - 1) + abs(y)", "|x-|y||": "abs(x - abs(y))",
    "|x|y|x|": "abs(x)*y*abs(x)", "|x|²": "abs(x)**2", "|(x)|": "abs(x)", "|x|/|y|": "abs(x)/abs(y)",
    "sin(|x|)|y|": "sin(abs(x))*abs(y)", "|sin(|x|)|": "abs(sin(abs(x)))",
    # Choices.
    "where(x<0, -x, x^2)": "where(x < 0, -x, x**2)", "where(x ≤ 1, x, y)": "where(x <= 1, x, y)",
    "where(x>y,x,y)": "where(x > y, x, y)", "where(x>=1,x,y)": "where(x >= 1, x, y)",
    "np.where(x+y<2, 1, 2)": "where(x + y < 2, 1, 2)",
    "2where(1<x, where(y<1, x, y), 3)": "2*where(1 < x, where(y < 1, x, y), 3)",
    # What stands before it, brackets, numbers, comments.
    "f(x, y) = x+y": "x + y", "f(x)=x²": "x**2", "z = xy": "x*y", "loss := x": "x",
    "+x": "x", "x + +y": "x + y", "--x": "--x", "x - -y": "x - -y", "x*-y": "x*(-y)",
    "(x + 1) + (y*2)": "x + 1 + y*2", "x - (y - 1)": "x - (y - 1)", "x/(y/2)": "x/(y/2)",
    "((x))": "x", "-(xy)": "-(x*y)", "(-x)^2": "(-x)**2", "sin(x,)": "sin(x)", "x # half": "x",
    ".5x": "0.5*x", "5.*x": "5.0*x", "1.e3": "1.0e3", "1E-3x": "1e-3*x", "1_000x": "1000*x",
    "00*x": "0*x", "0b11x": "3*x", "  x": "x", "abs (x)": "abs(x)",
}  # fmt: skip

REFUSED = {  # typed -> part of the message, and the column that it names
    "": ("empty", None), "   ": ("empty", None), "# x": ("empty", None), "z =": ("empty", None),
    "x" * 1001: ("1000 characters", None),
    # Characters and signs that no formula holds.
    "x+\x01y": ("'\\x01'", 3), "x\x00": ("'\\x00'", 2), "х + 1": ("'х'", 1), "x + 😀y": ("'😀'", 5),
    "😀": ("'😀'", 1), "𝑥+ж": ("'ж'", 3), "x?y": ("'?'", 2), "x$y": ("'$'", 2), "x`y": ("'`'", 2),
    "'a'": ("\"'\"", 1), '"a"+x': ("'\"'", 1), "x\\": ("LaTeX", 2), "\\frac{x}{2}": ("LaTeX", 1),
    "x^{2}": ("brackets are round", 3), "[x]": ("brackets are round", 1), "x[0]": ("round", 2),
    "Sin[x]": ("brackets are round", 4), "x%2": ("x - n*floor(x/n)", 2), "x//2": ("floor(x/n)", 2),
    "x!": ("factorial", 2), "x = 1": ("one expression", 3), "x==y": ("one expression", 2),
    "sin(x=1)": ("one expression", 6), "y = x^2": ("one expression", 3), "x;y": ("one expression", 2),
    "x@y": ("'@'", 2), "x&y": ("where(y < 0, a, b)", 2), "~x": ("'~'", 1), "x.real": ("'.'", 2),
    "x.__class__": ("'.'", 2), "x..y": ("'.'", 2), "...": ("'.'", 1), "x⁻": ("'⁻'", 2),
    "<img src=x onerror=1>": ("'img'", 2), "< x": ("a number, a name or a bracket", 1), "x:y": ("':'", 2),
    # Names that it doesn't know.
    "foo(x)": ("did you mean 'floor'?", 1), "sine(x)": ("did you mean 'sin'?", 1), "sinx": ("'sin'", 1),
    "arcsine(x)": ("did you mean 'arcsin'?", 1), "exq(x)": ("'exp'", 1), "Foo(x)": ("not 'Foo'", 1),
    "x + z": ("the variables are x and y", 5), "x1^2 + x2^2": ("the variables are x and y", 1),
    "a*x": ("the variables are x and y", 1), "1j*x": ("the variables are x and y", 2),
    "theta": ("'theta'", 1), "f(x)": ("variables", 1), "f(x)(y)": ("variables", 1),
    "x if y else 1": ("where(x < 0, a, b)", 3), "x and y": ("where(y < 0, a, b)", 3),
    "not x": ("where(", 1), "lambda: x": ("minimum maximum where", 1), "True": ("'True'", 1),
    "__import__('os')": ("'__import__'", 1), "import os": ("'import'", 1), "await x": ("'await'", 1),
    "yield": ("'yield'", 1), "b'a'*x": ("'b'", 1), "f'{x}'": ("'f'", 1), "constructor": ("'", 1),
    "toString(x)": ("'toString'", 1), "__proto__": ("'__proto__'", 1), "np.linalg(x)": ("'linalg'", 4),
    "hasOwnProperty": ("'hasOwnProperty'", 1), "don't": ("'don'", 1), "xz": ("'xz'", 1),
    "y*(" + "x+" * 90 + "q.real)": ("variables", 184), "sin2x": ("'sin2x'", 1), "x_1": ("x and y", 1),
    # Order.
    "x +": ("its end", 4), "x**": ("its end", 4), "-": ("its end", 2), "*": ("'*'", 1), "x***y": ("'*'", 4),
    "**x": ("'**'", 1), "x^^2": ("'^'", 3), "(x": ("close every bracket", 1), "((x)": ("close every", 1),
    "x)": ("')'", 2), "()": ("')'", 2), "sin(x": ("close every bracket", 4), "sin(": ("its end", 5),
    "sin(,)": ("','", 5), "|x": ("close every bracket", 1), "|2|x||": ("its end", 7), "||": ("its end", 3),
    "(|x)|": ("operator or |", 4), "x|y": ("close every bracket", 2), "x, y": ("','", 2),
    "0,5x": ("decimals have a point, as in 0.5", 2), "(0,5)x": ("0.5", 3), "minimum(*x)": ("'*'", 9),
    "1 2": ("an operator or end", 3), "x 2": ("an operator", 3), "x2": ("x and y", 1), "(x)2": ("'2'", 4),
    "1.2.3": ("'.3'", 4), "012": ("leading zeros", 1), "x + 007": ("leading zeros", 5), "1__0": ("'__0'", 2),
    "sin x": ("brackets, as in sin(x)", 5), "sin": ("its end", 4), "sin^-1(x)": ("sin(x)**2", 5),
    "sin⁻¹(x)": ("sin(x)**2", 4), "sin^x(y)": ("sin(x)**2", 5), "sin^2 x": ("brackets", 7),
    "√x²": ("what the root is of", 3), "√x^2": ("what the root is of", 3), "√": ("its end", 2),
    "x²^2": ("power of a power", 3), "x²³⁻¹": ("an operator", 4),
    "1/2x": ("x/2*y or x/(2*y)", 4), "x/2pi": ("x/(2*y)", 4), "1/2 (x+1)": ("x/(2*y)", 5),
    "1/x(y+1)": ("x/(2*y)", 4), "1/sin(x)cos(y)": ("x/(2*y)", 9), "x/y²e": ("x/(2*y)", 5),
    # Choices.
    "x<y": ("compare in where(x < 0, a, b), once", 2), "where(0<x<1,x,y)": ("once", 10),
    "where(x, 1, 2)": ("a comparison, as in where(x < 0, a, b)", 8), "where(x<0)": ("3 arguments; not 1", 1),
    "where(x=0,1,2)": ("one expression", 8), "where((x<0),1,2)": ("compare in where", 9),
    "where(x<0, x<1, 2)": ("compare", 13), "x > y": ("'>'", 3), "x ≥ y": ("'≥'", 3),
    # Numbers of arguments.
    "sin()": ("sin with 1 argument; not 0", 1), "sin(x,y)": ("sin with 1 argument; not 2", 1),
    "x + minimum(x)": ("minimum with 2 arguments; not 1", 5), "maximum(x,y,x)": ("maximum with 2", 1),
    "max(x)": ("max with 2 arguments", 1), "pow(x)": ("pow with 2", 1), "sec(x, y)": ("sec with 1", 1),
    # Numbers and sizes.
    "1e400": ("1.8e308", 1), "x*" + "9" * 400: ("1.8e308", 3), "0**-1": ("finite real", 1),
    "sqrt(-1)": ("'sqrt(-1)'", 1), "log(0)*x": ("finite real", 1), "1/0": ("finite real", 1),
    "(-2)**0.5*x": ("finite real", 1), "x*acosh(0)": ("'acosh(0)'", 3), "x/0": ("never is", None),
    "x/(1-1)": ("never is", None), "x/(y-y)": ("never is", None), "exp(1000)*x": ("finite real", 1),
    "9**9**9**9": ("exponents", 7), "x^9^9^9": ("exponents", 5), "9**(x - x + 9**9)": ("exponents", 5),
    "x**101": ("not 101.0", 4), "x**-101": ("not -101.0", 4), "x¹⁰¹": ("not 101.0", 2),
    "x**1e300": ("exponents", 4), "x**(101*y)": ("exponents", 5), "pow(x, 999)": ("exponents", 8),
    "-" * 25 + "x": ("24 levels deep", 26), "sin(" * 25 + "x" + ")" * 25: ("24 levels deep", 101),
    "√" * 25 + "x": ("24 levels deep", 26), "x^" * 25 + "x": ("24 levels deep", 49),
    "+".join("x" * 151): ("300 parts", 301), "xy" * 76: ("300 parts", 150),
    "(" * 101 + "x" + ")" * 101: ("100 brackets deep", 102), "|" * 500: ("brackets deep", 102),
    "where(" * 26 + "x": ("brackets deep", 157),
}  # fmt: skip
