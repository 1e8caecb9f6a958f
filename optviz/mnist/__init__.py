"""Networks on MNIST, trained by the same optimizers that descend surfaces.

>>> from optviz import mnist
>>> run = mnist.train(mnist.load(subset=True), optimizer="adam", epochs=1)  # doctest: +SKIP
"""

import lazy_loader

# Lazy: loading data does not wait for torch. The names are in __init__.pyi.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
