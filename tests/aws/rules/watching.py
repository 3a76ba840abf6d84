"""One topic, alarms, budgets, the outside check, saved queries."""

from tests.aws.rules import FUNCTIONS, SERVICES, allow, arn, named, policy, refs

Dimension = tuple[str, object]
TOPIC = refs("Alarms")


def alarm(
    name: str,
    metric: str,
    statistic: str,
    threshold: float,
    *dimensions: Dimension,
    **other: object,
) -> dict[str, object]:
    """Rings when one measure of five minutes is above the threshold, unless `other` says so."""
    namespace, _, metric_name = metric.rpartition(".")
    return {
        "AlarmName": named(name),
        "Namespace": namespace,
        "MetricName": metric_name,
        "Dimensions": [{"Name": name, "Value": value} for name, value in dimensions],
        "Statistic": statistic,
        "Period": 300,
        "EvaluationPeriods": 1,
        "Threshold": threshold,
        "ComparisonOperator": "GreaterThanThreshold",
        "TreatMissingData": "notBreaching",
        "AlarmActions": TOPIC,
        "OKActions": TOPIC,
        **other,
    }


def of_function(part: str) -> Dimension:
    return "FunctionName", {"Ref": f"{part}Function"}


def of_distribution(part: str) -> tuple[Dimension, Dimension]:
    return ("DistributionId", {"Ref": f"{part}Distribution"}), ("Region", "Global")


def budget(dollars: int) -> dict[str, object]:
    notification = {
        "NotificationType": "ACTUAL",
        "ComparisonOperator": "GREATER_THAN",
        "ThresholdType": "PERCENTAGE",
        "Threshold": 100,
    }
    return {
        "Budget": {
            "BudgetName": named(f"{dollars}-dollars"),
            "BudgetType": "COST",
            "TimeUnit": "MONTHLY",
            "BudgetLimit": {"Amount": dollars, "Unit": "USD"},
        },
        "NotificationsWithSubscribers": [
            {
                "Notification": notification,
                "Subscribers": [{"SubscriptionType": "SNS", "Address": {"Ref": "Alarms"}}],
            }
        ],
    }


ENVIRONMENT = ("Environment", {"Ref": "Environment"})
BELOW = "LessThanThreshold"
ALARMS = {
    **{
        f"{part}{metric}": alarm(
            f"{part}-{metric}".lower(), f"AWS/Lambda.{metric}", "Sum", 0, of_function(part)
        )
        for part in FUNCTIONS
        for metric in ("Errors", "Throttles")
    },
    **{
        f"{part}Duration": alarm(
            f"{part.lower()}-duration", "AWS/Lambda.Duration", "Maximum", 10_000, of_function(part)
        )
        for part in SERVICES
    },
    **{
        f"{part}Url5xx": alarm(
            f"{part.lower()}-url-5xx", "AWS/Lambda.Url5xxCount", "Sum", 0, of_function(part)
        )
        for part in SERVICES
    },
    **{
        f"{part}Edge5xx": alarm(
            f"{part.lower()}-edge-5xx",
            "AWS/CloudFront.5xxErrorRate",
            "Average",
            1,
            *of_distribution(part),
        )
        for part in SERVICES
    },
    "CleanupLag": alarm(
        "cleanup-lag", "SGraphSend.DeletionLagSeconds", "Maximum", 3600, ENVIRONMENT
    ),
    "CleanupLate": alarm(
        "cleanup-late",
        "SGraphSend.CleanupSeconds",
        "SampleCount",
        1,
        ENVIRONMENT,
        Period=1800,
        ComparisonOperator=BELOW,
        TreatMissingData="breaching",
    ),
    "OutsideCheckFails": alarm(
        "outside-check",
        "CloudWatchSynthetics.SuccessPercent",
        "Average",
        100,
        ("CanaryName", {"Ref": "OutsideCheck"}),
        EvaluationPeriods=2,
        ComparisonOperator=BELOW,
        TreatMissingData="breaching",
    ),
    "DatabaseFull": alarm(
        "database-storage",
        "AWS/RDS.FreeStorageSpace",
        "Minimum",
        2_000_000_000,
        ("DBInstanceIdentifier", {"Ref": "Database"}),
        ComparisonOperator=BELOW,
    ),
}
OF_OUR_ACCOUNT = {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
PUBLISHERS = ["budgets.amazonaws.com", "cloudwatch.amazonaws.com"]
# Words of each saved query; the fields are those of the log lines.
QUERIES = {
    "QueryFailedRequests": ("sgraph_send.requests", "status >= 500", "route"),
    "QuerySlowRequests": ("sgraph_send.requests", "pct(duration_ms, 95)", "route"),
    "QueryRefusals": ("sgraph_send.requests", "status >= 400", "status < 500", "bin(1h)"),
    "QueryBusyCallers": ("sgraph_send.requests", "bytes_in", "bytes_out", "by address"),
    "QueryUseOfTokens": ("sgraph_send.requests", "access_token"),
    "QueryOneRequest": ("request_id =",),
    "QueryErrors": ("level = 'error'", "where.0"),
    "QueryColdStarts": ("@type = 'REPORT'", "@initDuration", "@maxMemoryUsed"),
}
SHOWN = {
    "AWS/Lambda": {
        *("Invocations", "Errors", "Throttles", "Duration", "ConcurrentExecutions"),
        "Url5xxCount",
    },
    "LambdaInsights": {"memory_utilization", "init_duration"},
    "AWS/CloudFront": {"Requests", "BytesDownloaded", "5xxErrorRate"},
    "AWS/WAFV2": {"AllowedRequests", "BlockedRequests"},
    "AWS/S3": {"AllRequests", "4xxErrors", "5xxErrors", "BytesUploaded", "BytesDownloaded"},
    "AWS/RDS": {"CPUUtilization", "DatabaseConnections", "FreeStorageSpace"},
    "SGraphSend": {"DeletionLagSeconds", "CleanupSeconds", "BytesStored", "TransfersStuck"},
    "CloudWatchSynthetics": {"SuccessPercent", "Duration"},
}
DIMENSIONS = {
    "AWS/Lambda": ["FunctionName"],
    "LambdaInsights": ["function_name"],
    "AWS/CloudFront": ["Region", "DistributionId"],
    "AWS/WAFV2": ["WebACL", "Rule"],
    "AWS/S3": ["BucketName", "FilterId"],
    "AWS/RDS": ["DBInstanceIdentifier"],
    "SGraphSend": ["Environment"],
    "CloudWatchSynthetics": ["CanaryName"],
}
SHOWN_FOR_EACH = {
    **dict.fromkeys(("Invocations", "Errors", "Throttles", "ConcurrentExecutions"), FUNCTIONS),
    **dict.fromkeys(("Url5xxCount", "Duration", "memory_utilization", "init_duration"), SERVICES),
}
CHECKED = (
    "https://${DomainName}/info/health https://${DomainName}/info/ready https://${DomainName}/ "
    "https://${AdminDomainName}/info/health"
)
CHECK = "OutsideCheck.Properties"
RULES = {
    "Alarms.Properties": {"TopicName": named("alarms")},
    "AlarmsByMail.Condition": "HasAlarmEmail",
    "AlarmsByMail.Properties": {
        "TopicArn": {"Ref": "Alarms"},
        "Protocol": "email",
        "Endpoint": {"Ref": "AlarmEmail"},
    },
    "AlarmsMayPublish.Properties": {
        "Topics": TOPIC,
        "PolicyDocument": policy(
            allow(
                "sns:Publish",
                {"Ref": "Alarms"},
                Principal={"Service": PUBLISHERS},
                Condition=OF_OUR_ACCOUNT,
            )
        ),
    },
    **{f"{name}.Properties": wanted for name, wanted in ALARMS.items()},
    **{f"Budget{dollars}.Properties": budget(dollars) for dollars in (10, 25, 50)},
    **{f"Budget{dollars}.DependsOn": "AlarmsMayPublish" for dollars in (10, 25, 50)},
    f"{CHECK}.Name": {"Sub": "sgraph-send-${Environment}"},
    f"{CHECK}.Schedule": {"Expression": "rate(5 minutes)"},
    f"{CHECK}.StartCanaryAfterCreation": True,
    f"{CHECK}.RunConfig": {
        "TimeoutInSeconds": 60,
        "EnvironmentVariables": {"ADDRESSES": {"Sub": CHECKED}},
    },
    f"{CHECK}.ExecutionRoleArn": arn("CheckRole"),
    f"{CHECK}.ArtifactS3Location": {"Sub": "s3://${CheckRecords}"},
    f"{CHECK}.RuntimeVersion": {"Ref": "CanaryRuntime"},
    f"{CHECK}.SuccessRetentionPeriod": 7,
    f"{CHECK}.FailureRetentionPeriod": 30,
    **{
        f"{name}.Properties.LogGroupNames": refs("UserLogs", "AdminLogs", "CleanupLogs")
        for name in QUERIES
    },
    "Dashboard.Properties.DashboardName": {"Sub": "sgraph-send-${Environment}"},
}
