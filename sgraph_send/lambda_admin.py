"""Lambda handler of the operators' panel."""

from sgraph_send.lambda_service import handler_of

handler = handler_of("admin")
