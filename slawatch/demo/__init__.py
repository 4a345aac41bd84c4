"""The demo: a stand-in for Tommy with switches for its faults, a mail sink, and a display in the terminal.

`slawatch.demo.run.demo` is the verb; `python -m slawatch.demo.world` is the stand-in world by itself.
"""
