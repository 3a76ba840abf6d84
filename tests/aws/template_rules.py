"""What the template for AWS promises, rule by rule, and what to take out to break each."""

import json
from collections.abc import Callable

Resources = dict[str, dict]

FUNCTIONS = ("User", "Admin", "Cleanup")
SERVICES = ("User", "Admin")
SECRET_HEADER = "X-Sgraph-Origin-Secret"
RULES: dict[str, tuple[Callable[[Resources], bool], str]] = {}


def rule(name: str, taken_out: str, holds: Callable[[Resources], bool]) -> None:
    """`holds` must be true of the resources, and no longer so without what is at `taken_out`."""
    RULES[name] = (holds, taken_out)


def properties(resources: Resources, name: str) -> dict:
    return resources.get(name, {}).get("Properties", {})


def alarms(resources: Resources, metric: str, of: str, threshold: float, statistic: str) -> bool:
    """Whether an alarm on this metric of this part tells the one topic, coming and going."""
    return any(
        found["MetricName"] == metric
        and of in json.dumps(found["Dimensions"])
        and (found["Threshold"], found["Statistic"]) == (threshold, statistic)
        and found.get("AlarmActions") == found.get("OKActions") == [{"Ref": "Alarms"}]
        for found in (properties(resources, name) for name in resources)
        if "MetricName" in found and "Dimensions" in found
    )


for part in FUNCTIONS:
    at = f"{part}Function.Properties"
    for name, taken_out, wanted in (
        ("Python 3.13", "Runtime", "python3.13"),
        ("X-Ray", "TracingConfig", {"Mode": "Active"}),
        ("Lambda Insights", "Layers", [{"Ref": "InsightsLayerArn"}]),
        ("a handler of its own", "Handler", f"sgraph_send.lambda_{part.lower()}.handler"),
    ):
        rule(
            f"{part}: {name}",
            f"{at}.{taken_out}",
            lambda r, part=part, key=taken_out, wanted=wanted: (
                properties(r, f"{part}Function").get(key) == wanted
            ),
        )
    rule(
        f"{part}: logs kept 30 days",
        f"{part}Logs.Properties.RetentionInDays",
        lambda r, part=part: (
            properties(r, f"{part}Logs").get("RetentionInDays") == 30
            and properties(r, f"{part}Function")["LoggingConfig"]["LogGroup"]
            == {"Ref": f"{part}Logs"}
        ),
    )
    for metric in ("Errors", "Throttles"):
        rule(
            f"{part}: alarm on {metric.lower()} > 0",
            f"{part}{metric}",
            lambda r, part=part, metric=metric: alarms(r, metric, f"{part}Function", 0, "Sum"),
        )

for part in SERVICES:
    rule(
        f"{part}: reserved concurrency",
        f"{part}Function.Properties.ReservedConcurrentExecutions",
        lambda r, part=part: (
            properties(r, f"{part}Function").get("ReservedConcurrentExecutions")
            == {"Ref": "ReservedConcurrency"}
        ),
    )
    rule(
        f"{part}: the secret key comes from Secrets Manager",
        f"{part}Function.Properties.Environment.Variables.SGRAPH_SEND__SECRET_KEY_ARN",
        lambda r, part=part: (
            properties(r, f"{part}Function")["Environment"]["Variables"].get(
                "SGRAPH_SEND__SECRET_KEY_ARN"
            )
            == {"Ref": "SecretKey"}
        ),
    )
    rule(
        f"{part}: CORS for our origin only",
        f"{part}Url.Properties.Cors",
        lambda r, part=part: (
            properties(r, f"{part}Url").get("Cors", {}).get("AllowOrigins", [{}])
            == [{"Sub": "https://${%sDomainName}" % ("" if part == "User" else part)}]
        ),
    )
    at = f"{part}Distribution.Properties.DistributionConfig"
    rule(
        f"{part}: reached with the secret that CloudFront alone knows",
        f"{at}.Origins.0.OriginCustomHeaders",
        lambda r, part=part: (
            SECRET_HEADER
            in json.dumps(
                [
                    origin.get("OriginCustomHeaders")
                    for origin in properties(r, f"{part}Distribution")["DistributionConfig"][
                        "Origins"
                    ]
                ]
            )
        ),
    )
    rule(
        f"{part}: behind the firewall",
        f"{at}.WebACLId",
        lambda r, part=part: (
            properties(r, f"{part}Distribution")["DistributionConfig"].get("WebACLId")
            == {"GetAtt": "Firewall.Arn"}
        ),
    )
    rule(
        f"{part}: access logs of CloudFront",
        f"{part}AccessDelivery",
        lambda r, part=part: (
            properties(r, f"{part}AccessDelivery").get("DeliverySourceName")
            == properties(r, f"{part}Access")["Name"]
        ),
    )
    for name, metric, threshold, statistic, of in (
        ("Duration", "Duration", 10_000, "Maximum", "Function"),
        ("Url5xx", "Url5xxCount", 0, "Sum", "Function"),
        ("Edge5xx", "5xxErrorRate", 1, "Average", "Distribution"),
    ):
        rule(
            f"{part}: alarm on {metric}",
            f"{part}{name}",
            lambda r, part=part, metric=metric, threshold=threshold, statistic=statistic, of=of: (
                alarms(r, metric, f"{part}{of}", threshold, statistic)
            ),
        )

for group in ("DatabaseLogs", "InsightsLogs", "AccessLogs", "FirewallLogs"):
    rule(
        f"{group}: kept 30 days",
        f"{group}.Properties.RetentionInDays",
        lambda r, group=group: properties(r, group).get("RetentionInDays") == 30,
    )
for dollars in (10, 25, 50):
    rule(
        f"budget of {dollars} dollars",
        f"Budget{dollars}.Properties.NotificationsWithSubscribers.0.Subscribers.0",
        lambda r, dollars=dollars: any(
            found["Budget"]["BudgetLimit"] == {"Amount": dollars, "Unit": "USD"}
            and {"SubscriptionType": "SNS", "Address": {"Ref": "Alarms"}}
            in found["NotificationsWithSubscribers"][0]["Subscribers"]
            for found in (properties(r, name) for name in r)
            if "Budget" in found
        ),
    )


def firewall(resources: Resources) -> str:
    return json.dumps(properties(resources, "Firewall").get("Rules", []))


for number, (name, words) in enumerate(
    (
        ("requests per address", "RequestsPerAddress"),
        ("sign-ins per address", "/admin/login"),
        ("addresses of ill repute", "AWSManagedRulesAmazonIpReputationList"),
        ("known bad inputs", "AWSManagedRulesKnownBadInputsRuleSet"),
        ("the common rules", "AWSManagedRulesCommonRuleSet"),
        ("countries", "GeoMatchStatement"),
    )
):
    rule(
        f"firewall: {name}",
        f"Firewall.Properties.Rules.{number}",
        lambda r, words=words: words in firewall(r),
    )
rule(
    "firewall: logs",
    "FirewallLogging",
    lambda r: (
        properties(r, "FirewallLogging").get("ResourceArn") == {"GetAtt": "Firewall.Arn"}
        and "FirewallLogs" in json.dumps(properties(r, "FirewallLogging")["LogDestinationConfigs"])
    ),
)
rule(
    "firewall: paths and tokens stay out of its logs",
    "FirewallLogging.Properties.RedactedFields.0",
    lambda r: (
        {"UriPath": {}} in properties(r, "FirewallLogging")["RedactedFields"]
        and "x-sgraph-owner-token" in json.dumps(properties(r, "FirewallLogging"))
    ),
)

BUCKET = "TransferBucket.Properties"
for key in ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"):
    rule(
        f"bucket: {key}",
        f"{BUCKET}.PublicAccessBlockConfiguration.{key}",
        lambda r, key=key: (
            properties(r, "TransferBucket")["PublicAccessBlockConfiguration"].get(key) is True
        ),
    )
for key, words in (
    ("BucketEncryption", "AES256"),
    ("OwnershipControls", "BucketOwnerEnforced"),
    ("CorsConfiguration", "https://${DomainName}"),
    ("MetricsConfigurations", "EntireBucket"),
):
    rule(
        f"bucket: {key}",
        f"{BUCKET}.{key}",
        lambda r, key=key, words=words: (
            words in json.dumps(properties(r, "TransferBucket").get(key))
        ),
    )
for number, words in enumerate(('"ExpirationInDays": 31', '"DaysAfterInitiation": 7')):
    rule(
        f"bucket: {words}",
        f"{BUCKET}.LifecycleConfiguration.Rules.{number}",
        lambda r, words=words: (
            words in json.dumps(properties(r, "TransferBucket")["LifecycleConfiguration"])
        ),
    )
rule(
    "bucket: TLS only",
    "TransferBucketPolicy.Properties.PolicyDocument.Statement.0",
    lambda r: (
        '{"Bool": {"aws:SecureTransport": "false"}}'
        in json.dumps(properties(r, "TransferBucketPolicy"))
    ),
)
rule(
    "cleanup on a schedule",
    "CleanupRule.Properties.Targets.0",
    lambda r: (
        properties(r, "CleanupRule")["ScheduleExpression"] == {"Ref": "CleanupSchedule"}
        and {"GetAtt": "CleanupFunction.Arn"}
        in [target["Arn"] for target in properties(r, "CleanupRule")["Targets"]]
    ),
)
rule(
    "alarm on the lag of deletions",
    "CleanupLag",
    lambda r: alarms(r, "DeletionLagSeconds", "Environment", 3600, "Maximum"),
)
rule(
    "alarm on a cleanup that does not run",
    "CleanupLate",
    lambda r: alarms(r, "CleanupSeconds", "Environment", 1, "SampleCount"),
)
rule(
    "a look from outside every five minutes",
    "OutsideCheck.Properties.Schedule",
    lambda r: (
        properties(r, "OutsideCheck").get("Schedule", {}).get("Expression") == "rate(5 minutes)"
    ),
)
rule(
    "alarm on the look from outside",
    "OutsideCheckFails",
    lambda r: alarms(r, "SuccessPercent", "OutsideCheck", 100, "Average"),
)
rule(
    "saved queries for the logs",
    "QueryRefusals",
    lambda r: sum(found["Type"] == "AWS::Logs::QueryDefinition" for found in r.values()) == 8,
)
rule(
    "a dashboard with the firewall in it",
    "Dashboard.Properties.DashboardBody",
    lambda r: (
        "AWS/WAFV2" in json.dumps(properties(r, "Dashboard").get("DashboardBody"))
        and "AWS/S3" in json.dumps(properties(r, "Dashboard").get("DashboardBody"))
    ),
)
rule(
    "the access token lies in Secrets Manager",
    "AccessToken.Properties.GenerateSecretString",
    lambda r: (
        properties(r, "AccessToken").get("GenerateSecretString", {}).get("PasswordLength", 0) >= 32
    ),
)
for key, wanted in (("StorageEncrypted", True), ("PubliclyAccessible", False)):
    rule(
        f"database: {key} is {wanted}",
        f"Database.Properties.{key}",
        lambda r, key=key, wanted=wanted: properties(r, "Database").get(key) is wanted,
    )
