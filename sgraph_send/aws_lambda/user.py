"""Lambda handler of pages and transfers."""

from sgraph_send.aws_lambda.service import handler_of

handler = handler_of("user")
