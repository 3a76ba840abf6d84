"""`python -m sgraph_send`, the same as `sgraph-send`."""

from sgraph_send.command_line import main

if __name__ == "__main__":
    main()
