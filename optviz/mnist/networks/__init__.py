"""The networks that MNIST is learned with: models, activations and their derivatives."""
