"""The networks that are trained on MNIST: models, activations and their derivatives."""
