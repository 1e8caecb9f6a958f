"""An optimizer's rule, read: as statements, as mathematics, as JavaScript."""
