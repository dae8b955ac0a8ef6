"""Settings of Sphinx, which makes pages of this folder: `make docs`."""

from grader import __version__

project = "Language models from scratch: an assignment that grades itself"
release = __version__
extensions = ["myst_parser"]
html_theme = "furo"
html_show_copyright = False
myst_heading_anchors = 3
