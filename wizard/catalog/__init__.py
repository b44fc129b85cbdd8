"""The folder `knowledge/`: read with positions, checked, compiled, loaded."""
