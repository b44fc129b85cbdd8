"""The parts of the world builder, :class:`wizard.lab.world.World`."""
