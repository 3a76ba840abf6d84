"""The three functions, their addresses, and the schedule."""

from tests.aws.rules import FUNCTIONS, SERVICES, arn, named, refs

AT_ONCE = {
    "User": {"Ref": "ReservedConcurrency"},
    "Admin": {"Ref": "ReservedConcurrency"},
    "Cleanup": 1,
}
MEMORY_MIB = {
    "User": {"Ref": "MemoryMegabytes"},
    "Admin": {"Ref": "MemoryMegabytes"},
    "Cleanup": 512,
}
TIMEOUT_SECONDS = {"User": 30, "Admin": 30, "Cleanup": 900}
HOSTS = {"User": "DomainName", "Admin": "AdminDomainName", "Cleanup": "DomainName"}
SECRETS = {
    "SGRAPH_SEND__SECRET_KEY_ARN": ("SecretKey", FUNCTIONS),
    "SGRAPH_SEND__ORIGIN_SECRET_ARN": ("OriginSecret", SERVICES),
    "SGRAPH_SEND__ACCESS_TOKEN_ARN": ("AccessToken", ("User",)),
    "DATABASE_URL_ARN": ("DatabaseSecret", FUNCTIONS),
}
CACHE = {"Sub": "rediss://${Cache.PrimaryEndPoint.Address}:6379/0"}
READY = ["DatabaseSecretPlace", "SecretsEndpoint", "StoreEndpoint"]


def variables(part: str) -> dict[str, object]:
    return {
        "SGRAPH_SEND__PUBLIC_URL": {"Sub": f"https://${{{HOSTS[part]}}}"},
        "SGRAPH_SEND__ENVIRONMENT": {"Ref": "Environment"},
        "SGRAPH_SEND__UPLOAD_ACCESS": {"Ref": "UploadAccess"},
        "SGRAPH_SEND__STORE": "s3",
        "SGRAPH_SEND__S3_BUCKET": {"Ref": "TransferBucket"},
        "SGRAPH_SEND__MAX_EXPIRY_SECONDS": "2592000",
        "SGRAPH_SEND__DATA_DIR": "/tmp/sgraph-send",
        "SGRAPH_SEND__STATIC_DIR": "/var/task/static_files",
        "SGRAPH_SEND__LOG_FORMAT": "json",
        "REDIS_URL": {"If": ["HasCache", CACHE, {"Ref": "AWS::NoValue"}]},
        **({"SGRAPH_SEND__MAX_RAW_BYTES": "4194304"} if part in SERVICES else {}),
        **{name: {"Ref": secret} for name, (secret, parts) in SECRETS.items() if part in parts},
    }


def function(part: str) -> dict[str, object]:
    return {
        "FunctionName": named(part.lower()),
        "Runtime": "python3.13",
        "Architectures": ["arm64"],
        "Handler": f"sgraph_send.aws_lambda.{part.lower()}.handler",
        "Code": {"S3Bucket": {"Ref": "CodeBucket"}, "S3Key": {"Ref": "CodeKey"}},
        "MemorySize": MEMORY_MIB[part],
        "Timeout": TIMEOUT_SECONDS[part],
        "ReservedConcurrentExecutions": AT_ONCE[part],
        "Role": arn(f"{part}Role"),
        "Layers": refs("InsightsLayerArn"),
        "TracingConfig": {"Mode": "Active"},
        "LoggingConfig": {"LogFormat": "Text", "LogGroup": {"Ref": f"{part}Logs"}},
        "VpcConfig": {
            "SubnetIds": refs("SubnetA", "SubnetB"),
            "SecurityGroupIds": refs("FunctionsGroup"),
        },
        "Environment": {"Variables": variables(part)},
    }


CORS = {
    "User": {
        "AllowOrigins": [{"Sub": "https://${DomainName}"}],
        "AllowMethods": ["DELETE", "GET", "HEAD", "PATCH", "POST", "PUT"],
        "AllowHeaders": [
            "content-type",
            "range",
            "x-sgraph-access-token",
            "x-sgraph-owner-token",
            "x-sgraph-lease-token",
        ],
        "ExposeHeaders": ["etag", "content-range", "retry-after"],
        "MaxAge": 3600,
    },
    "Admin": {
        "AllowOrigins": [{"Sub": "https://${AdminDomainName}"}],
        "AllowMethods": ["GET", "HEAD", "POST"],
        "MaxAge": 3600,
    },
}
TARGET = {
    "Id": "cleanup",
    "Arn": arn("CleanupFunction"),
    "Input": '{"task": "cleanup"}',
    "RetryPolicy": {"MaximumRetryAttempts": 0, "MaximumEventAgeInSeconds": 300},
}
RULES = {
    **{f"{part}Function.Properties": function(part) for part in FUNCTIONS},
    **{f"{part}Function.DependsOn": READY for part in FUNCTIONS},
    **{
        f"{part}Url.Properties": {
            "TargetFunctionArn": arn(f"{part}Function"),
            "AuthType": "NONE",
            "InvokeMode": "BUFFERED",
            "Cors": CORS[part],
        }
        for part in SERVICES
    },
    "CleanupRule.Properties": {
        "ScheduleExpression": {"Ref": "CleanupSchedule"},
        "State": "ENABLED",
        "Targets": [TARGET],
    },
    "CleanupOnce.Properties": {
        "FunctionName": {"Ref": "CleanupFunction"},
        "Qualifier": "$LATEST",
        "MaximumRetryAttempts": 0,
        "MaximumEventAgeInSeconds": 300,
    },
}
