"""Lambda handler of pages and transfers."""

from sgraph_send.lambda_service import handler_of

handler = handler_of("user")
