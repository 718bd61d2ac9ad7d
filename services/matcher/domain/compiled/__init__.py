"""The compiled core: built by a command when there is a C compiler, loaded when it is there."""
