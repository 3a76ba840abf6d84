"""Lambda handler of the operators' panel."""

from sgraph_send.aws_lambda.service import handler_of

handler = handler_of("admin")
