"""Pictures of networks: each a function that draws into a `Still`."""
