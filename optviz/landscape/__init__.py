"""Loss landscapes of any torch model: recorded paths, planes through them, and instruments."""
