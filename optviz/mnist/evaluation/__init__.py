"""What a trained network gets right and wrong: measures, and the figures that show them."""
