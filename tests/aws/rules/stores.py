"""What keeps something: bucket, log groups, secrets, database, cache."""

from tests.aws.rules import arn, policy, refs

CLOSED = {
    "BlockPublicAcls": True,
    "IgnorePublicAcls": True,
    "BlockPublicPolicy": True,
    "RestrictPublicBuckets": True,
}
OWNED = {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
ENCRYPTED = {
    "ServerSideEncryptionConfiguration": [
        {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    ]
}
OF_OUR_PAGES = {
    "AllowedOrigins": [{"Sub": "https://${DomainName}"}],
    "AllowedMethods": ["GET", "HEAD", "PUT"],
    "AllowedHeaders": ["content-type", "range"],
    "ExposedHeaders": ["Content-Range", "ETag", "Retry-After"],
    "MaxAge": 3600,
}


def only_by_tls(bucket: str) -> dict[str, object]:
    denied = {
        "Sid": "SgraphSendTlsOnly",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [arn(bucket), {"Sub": f"${{{bucket}.Arn}}/*"}],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    return {"Bucket": {"Ref": bucket}, "PolicyDocument": policy(denied)}


BUCKET = "TransferBucket.Properties"
BUCKET_NAME = "${AWS::AccountId}--sgraph-send-transfers-${Environment}--${AWS::Region}"
TRANSFERS = {"Status": "Enabled", "Prefix": "transfers/"}
BUCKETS = {
    "TransferBucket.DeletionPolicy": "RetainExceptOnCreate",
    "TransferBucket.UpdateReplacePolicy": "Retain",
    f"{BUCKET}.BucketName": {"Sub": BUCKET_NAME},
    f"{BUCKET}.PublicAccessBlockConfiguration": CLOSED,
    f"{BUCKET}.OwnershipControls": OWNED,
    f"{BUCKET}.BucketEncryption": ENCRYPTED,
    f"{BUCKET}.CorsConfiguration": {"CorsRules": [OF_OUR_PAGES]},
    f"{BUCKET}.LifecycleConfiguration": {
        "Rules": [
            {"Id": "sgraph-send-expire-transfers", **TRANSFERS, "ExpirationInDays": 31},
            {
                "Id": "sgraph-send-abort-uploads",
                **TRANSFERS,
                "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
            },
        ]
    },
    f"{BUCKET}.MetricsConfigurations": [{"Id": "EntireBucket"}],
    "TransferBucketPolicy.Properties": only_by_tls("TransferBucket"),
    "CheckRecordsPolicy.Properties": only_by_tls("CheckRecords"),
    "CheckRecords.Properties": {
        "PublicAccessBlockConfiguration": CLOSED,
        "OwnershipControls": OWNED,
        "BucketEncryption": ENCRYPTED,
        "LifecycleConfiguration": {
            "Rules": [{"Id": "thirty-days", "Status": "Enabled", "ExpirationInDays": 30}]
        },
    },
}

LOG_GROUPS = {
    "UserLogs": {"Sub": "/aws/lambda/sgraph-send-${Environment}-user"},
    "AdminLogs": {"Sub": "/aws/lambda/sgraph-send-${Environment}-admin"},
    "CleanupLogs": {"Sub": "/aws/lambda/sgraph-send-${Environment}-cleanup"},
    "DatabaseLogs": {"Sub": "/aws/rds/instance/sgraph-send-${Environment}/postgresql"},
    "InsightsLogs": "/aws/lambda-insights",
    "AccessLogs": {"Sub": "/aws/vendedlogs/cloudfront/sgraph-send-${Environment}"},
    "FirewallLogs": {"Sub": "aws-waf-logs-sgraph-send-${Environment}"},
}
ADDRESSES = ["arn:aws:dataprotection::aws:data-identifier/IpAddress"]
LOGS = {
    **{f"{group}.Properties.LogGroupName": name for group, name in LOG_GROUPS.items()},
    **{f"{group}.Properties.RetentionInDays": 30 for group in LOG_GROUPS},
    "InsightsLogs.Condition": "KeepsInsightsLogGroup",
    "FirewallLogs.Properties.DataProtectionPolicy": {
        "Name": "addresses",
        "Version": "2021-06-01",
        "Statement": [
            {
                "Sid": "audit",
                "DataIdentifier": ADDRESSES,
                "Operation": {"Audit": {"FindingsDestination": {}}},
            },
            {
                "Sid": "mask",
                "DataIdentifier": ADDRESSES,
                "Operation": {"Deidentify": {"MaskConfig": {}}},
            },
        ],
    },
}


def secret(name: str, length: int, **more: str) -> dict[str, object]:
    made = {"PasswordLength": length, "ExcludePunctuation": True, **more}
    return {"Name": {"Sub": f"sgraph-send/${{Environment}}/{name}"}, "GenerateSecretString": made}


SECRETS = {
    "SecretKey.Properties": secret("secret-key", 64),
    "AccessToken.Properties": secret("access-token", 40),
    "OriginSecret.Properties": secret("origin-secret", 64),
    "DatabaseSecret.Properties": secret(
        "database",
        40,
        SecretStringTemplate='{"username": "sgraph_send"}',
        GenerateStringKey="password",
    ),
    "DatabaseSecretPlace.Properties": {
        "SecretId": {"Ref": "DatabaseSecret"},
        "TargetId": {"Ref": "Database"},
        "TargetType": "AWS::RDS::DBInstance",
    },
}


def by_environment(entry: str) -> dict[str, list[object]]:
    return {"FindInMap": ["Environments", {"Ref": "Environment"}, entry]}


def from_secret(key: str) -> dict[str, str]:
    return {"Sub": f"{{{{resolve:secretsmanager:${{DatabaseSecret}}:SecretString:{key}}}}}"}


WITH_REPLICA = {"If": ["HasReplica", True, False]}
DATABASES = {
    "Database.DeletionPolicy": "Snapshot",
    "Database.UpdateReplacePolicy": "Snapshot",
    "Database.DependsOn": "DatabaseLogs",
    "Database.Properties": {
        "DBInstanceIdentifier": {"Sub": "sgraph-send-${Environment}"},
        "DBName": "sgraph_send",
        "Engine": "postgres",
        "EngineVersion": {"Ref": "DatabaseVersion"},
        "DBInstanceClass": {"Ref": "DatabaseClass"},
        "AllocatedStorage": {"Ref": "DatabaseStorageGigabytes"},
        "StorageType": "gp3",
        "StorageEncrypted": True,
        "MultiAZ": by_environment("MultiAz"),
        "BackupRetentionPeriod": by_environment("BackupDays"),
        "DeletionProtection": by_environment("Protected"),
        "CopyTagsToSnapshot": True,
        "AutoMinorVersionUpgrade": True,
        "PubliclyAccessible": False,
        "DBSubnetGroupName": {"Ref": "DatabaseSubnets"},
        "VPCSecurityGroups": refs("DatabaseGroup"),
        "EnableCloudwatchLogsExports": ["postgresql"],
        "MasterUsername": from_secret("username"),
        "MasterUserPassword": from_secret("password"),
    },
    "DatabaseSubnets.Properties": {"SubnetIds": refs("SubnetA", "SubnetB")},
    "Cache.Condition": "HasCache",
    "Cache.Properties": {
        "ReplicationGroupId": {"Sub": "sgraph-send-${Environment}"},
        "Engine": "valkey",
        "EngineVersion": "8.0",
        "CacheNodeType": {"Ref": "CacheNodeType"},
        "NumCacheClusters": by_environment("CacheNodes"),
        "AutomaticFailoverEnabled": WITH_REPLICA,
        "MultiAZEnabled": WITH_REPLICA,
        "TransitEncryptionEnabled": True,
        "AtRestEncryptionEnabled": True,
        "CacheSubnetGroupName": {"Ref": "CacheSubnets"},
        "SecurityGroupIds": refs("DatabaseGroup"),
    },
    "CacheSubnets.Condition": "HasCache",
    "CacheSubnets.Properties": {"SubnetIds": refs("SubnetA", "SubnetB")},
}
RULES = BUCKETS | LOGS | SECRETS | DATABASES
