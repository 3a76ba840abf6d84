"""Lambda handler of the operators' panel."""

from sgraph_send.functions.service import handler_of

handler = handler_of("admin")
