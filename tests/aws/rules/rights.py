"""Who may do what: roles, the network, who may invoke a function, who may write a log."""

from tests.aws.rules import FUNCTIONS, SERVICES, allow, arn, policy, refs

ASSUMED_BY_LAMBDA = policy(
    {
        "Effect": "Allow",
        "Principal": {"Service": "lambda.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
)
MANAGED = [
    {"Sub": f"arn:${{AWS::Partition}}:iam::aws:policy/{name}"}
    for name in (
        "service-role/AWSLambdaVPCAccessExecutionRole",
        "AWSXRayDaemonWriteAccess",
        "CloudWatchLambdaInsightsExecutionRolePolicy",
    )
]
OBJECTS = {"Sub": "${TransferBucket.Arn}/transfers/*"}
ENDINGS = [
    "s3:GetObject",
    "s3:DeleteObject",
    "s3:DeleteObjectVersion",
    "s3:AbortMultipartUpload",
    "s3:ListMultipartUploadParts",
]
LISTINGS = ["s3:ListBucket", "s3:ListBucketVersions", "s3:ListBucketMultipartUploads"]
SECRETS = {
    "User": ("SecretKey", "AccessToken", "OriginSecret", "DatabaseSecret"),
    "Admin": ("SecretKey", "OriginSecret", "DatabaseSecret"),
    "Cleanup": ("SecretKey", "DatabaseSecret"),
}


OWN_ARN = (
    "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}"
    ":function:sgraph-send-${Environment}-"
)
# What AWSLambdaVPCAccessExecutionRole allows for every network interface of the account.
INTERFACES = [
    "ec2:CreateNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:DeleteNetworkInterface",
    "ec2:AssignPrivateIpAddresses",
    "ec2:UnassignPrivateIpAddresses",
]


def no_interfaces(part: str) -> dict[str, object]:
    """Lambda itself may, to connect the function; the function's code may not."""
    return {
        "Effect": "Deny",
        "Action": INTERFACES,
        "Resource": "*",
        "Condition": {
            "ArnEquals": {"lambda:SourceFunctionArn": {"Sub": f"{OWN_ARN}{part.lower()}"}}
        },
    }


def role(part: str) -> dict[str, object]:
    writes = ["s3:PutObject"] if part == "User" else []
    own = policy(
        allow(writes + ENDINGS, OBJECTS),
        allow(LISTINGS, arn("TransferBucket")),
        allow("secretsmanager:GetSecretValue", refs(*SECRETS[part])),
        no_interfaces(part),
    )
    name = "transfers" if part == "User" else "endings"
    return {
        "AssumeRolePolicyDocument": ASSUMED_BY_LAMBDA,
        "ManagedPolicyArns": MANAGED,
        "Policies": [{"PolicyName": name, "PolicyDocument": own}],
    }


CHECK = policy(
    allow(["s3:PutObject", "s3:GetObject"], {"Sub": "${CheckRecords.Arn}/*"}),
    allow("s3:GetBucketLocation", arn("CheckRecords")),
    allow("s3:ListAllMyBuckets", "*"),
    allow(
        "cloudwatch:PutMetricData",
        "*",
        Condition={"StringEquals": {"cloudwatch:namespace": "CloudWatchSynthetics"}},
    ),
)
ROLES = {
    **{f"{part}Role.Properties": role(part) for part in FUNCTIONS},
    "CheckRole.Properties": {
        "AssumeRolePolicyDocument": ASSUMED_BY_LAMBDA,
        "Policies": [{"PolicyName": "check", "PolicyDocument": CHECK}],
    },
}


def port(number: int, **peer: object) -> dict[str, object]:
    return {"IpProtocol": "tcp", "FromPort": number, "ToPort": number, **peer}


NETWORK, FROM_FUNCTIONS = {"Ref": "Network"}, {"SourceSecurityGroupId": {"Ref": "FunctionsGroup"}}
WITHIN = {"CidrIp": "10.20.0.0/24"}
ZONES = {"If": ["IsProd", refs("SubnetA", "SubnetB"), refs("SubnetA")]}


def endpoint(service: str, kind: str, **more: object) -> dict[str, object]:
    name = {"Sub": f"com.amazonaws.${{AWS::Region}}.{service}"}
    return {"VpcId": NETWORK, "VpcEndpointType": kind, "ServiceName": name, **more}


INTERFACE = {
    "PrivateDnsEnabled": True,
    "SubnetIds": ZONES,
    "SecurityGroupIds": refs("EndpointsGroup"),
}
WRITE_LOGS = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]
INSIGHTS = (
    "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:/aws/lambda-insights*"
)
OWN_BUCKET = [arn("TransferBucket"), {"Sub": "${TransferBucket.Arn}/*"}]
NETWORKING = {
    "FunctionsGroup.Properties": {
        "VpcId": NETWORK,
        "SecurityGroupEgress": [
            port(443, CidrIp="0.0.0.0/0"),
            port(5432, **WITHIN),
            port(6379, **WITHIN),
        ],
    },
    "DatabaseGroup.Properties": {
        "VpcId": NETWORK,
        "SecurityGroupIngress": [port(5432, **FROM_FUNCTIONS), port(6379, **FROM_FUNCTIONS)],
    },
    "EndpointsGroup.Properties": {
        "VpcId": NETWORK,
        "SecurityGroupIngress": [port(443, **FROM_FUNCTIONS)],
    },
    "StoreEndpoint.Properties": endpoint(
        "s3",
        "Gateway",
        RouteTableIds=refs("Routes"),
        PolicyDocument=policy(allow("s3:*", OWN_BUCKET, Principal="*")),
    ),
    "SecretsEndpoint.Properties": endpoint(
        "secretsmanager",
        "Interface",
        **INTERFACE,
        PolicyDocument=policy(
            allow("secretsmanager:GetSecretValue", refs(*SECRETS["User"]), Principal="*")
        ),
    ),
    "LogsEndpoint.Properties": endpoint(
        "logs",
        "Interface",
        **INTERFACE,
        PolicyDocument=policy(allow(WRITE_LOGS, {"Sub": INSIGHTS}, Principal="*")),
    ),
    "SubnetA.Properties.AvailabilityZoneId": {"Select": [0, {"Ref": "ZoneIds"}]},
    "SubnetB.Properties.AvailabilityZoneId": {"Select": [1, {"Ref": "ZoneIds"}]},
    **{f"RoutesOf{name}.Properties.SubnetId": {"Ref": name} for name in ("SubnetA", "SubnetB")},
}

# Since October 2025 a function URL needs both; the second must not let anybody invoke it otherwise.
CALLERS = {
    **{
        f"{part}UrlOpen.Properties": {
            "Action": "lambda:InvokeFunctionUrl",
            "FunctionName": {"Ref": f"{part}Function"},
            "Principal": "*",
            "FunctionUrlAuthType": "NONE",
        }
        for part in SERVICES
    },
    **{
        f"{part}UrlInvokes.Properties": {
            "Action": "lambda:InvokeFunction",
            "FunctionName": {"Ref": f"{part}Function"},
            "Principal": "*",
            "InvokedViaFunctionUrl": True,
        }
        for part in SERVICES
    },
    "CleanupRuleMayInvoke.Properties": {
        "Action": "lambda:InvokeFunction",
        "FunctionName": {"Ref": "CleanupFunction"},
        "Principal": "events.amazonaws.com",
        "SourceArn": arn("CleanupRule"),
    },
    "LogsFromTheEdge.Properties.PolicyName": {"Sub": "sgraph-send-${Environment}-edge"},
}
LOG_WRITERS = policy(
    {
        "Effect": "Allow",
        "Principal": {"Service": "delivery.logs.amazonaws.com"},
        "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
        "Resource": ["${AccessLogs.Arn}", "${FirewallLogs.Arn}"],
        "Condition": {"StringEquals": {"aws:SourceAccount": "${AWS::AccountId}"}},
    }
)
RULES = ROLES | NETWORKING | CALLERS
