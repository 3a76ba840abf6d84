"""Lambda handler of pages and transfers."""

from sgraph_send.functions.service import handler_of

handler = handler_of("user")
