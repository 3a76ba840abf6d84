"""What the template for AWS must say, place by place: `RULES` of each module.

A place is a path such as `UserLogs.Properties.RetentionInDays`, its value what stands there without
wording (`WORDING`); functions by their short names, `!Ref X` as {"Ref": "X"}.
"""

from typing import Any

WORDING = {
    "AlarmDescription",
    "Comment",
    "DBSubnetGroupDescription",
    "Description",
    "GroupDescription",
    "ReplicationGroupDescription",
}
FUNCTIONS = ("User", "Admin", "Cleanup")
SERVICES = ("User", "Admin")


def named(ending: str) -> dict[str, str]:
    """A name that holds the environment."""
    return {"Sub": f"sgraph-send-${{Environment}}-{ending}"}


def arn(of: str) -> dict[str, str]:
    return {"GetAtt": f"{of}.Arn"}


def refs(*names: str) -> list[dict[str, str]]:
    return [{"Ref": name} for name in names]


def policy(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(action: object, resource: object, **more: object) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}
