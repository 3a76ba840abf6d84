#!/usr/bin/env python
"""Django's command line for SGraph Send."""

import sys

from sgraph_send.command_line import execute

if __name__ == "__main__":
    execute(sys.argv)
