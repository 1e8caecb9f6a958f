"""Evaluation of a trained network on test images: metrics, and figures of them."""
