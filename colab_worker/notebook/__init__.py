"""What the cells of the notebooks call, one function a cell.

All of it runs in the notebook's own kernel, from the wheel, with nothing but the standard
library and IPython: the packages of the runtime, torch above all, stay as they are.
Moonreel itself lives in an environment of its own and runs in a process of its own.
"""
