"""CloudFront with its names and logs, and the firewall before it."""

from tests.aws.rules import SERVICES, arn, named, refs

SECRET_HEADER = "X-Sgraph-Origin-Secret"
EVERY_METHOD = ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"]
NOTHING_KEPT = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"  # CachingDisabled
KEPT_AS_TOLD = "658327ea-f89d-4fab-a63d-7e88639e58f6"  # CachingOptimized
ALL_HEADERS_BUT_HOST = "b689b0a8-53d0-40ab-baf2-68738e2966ac"
OF_CLOUDFRONT = "Z2FDTNDATAQYW2"
HOSTS = {"User": "DomainName", "Admin": "AdminDomainName"}


def distribution(part: str) -> dict[str, object]:
    """All of its configuration but tuning and what tests/aws/test_edge.py holds."""
    return {
        "Enabled": True,
        "Aliases": refs(HOSTS[part]),
        "WebACLId": arn("Firewall"),
        "ViewerCertificate": {
            "AcmCertificateArn": {
                "If": ["HasZone", {"Ref": "Certificate"}, {"Ref": "CertificateArn"}]
            },
            "SslSupportMethod": "sni-only",
            "MinimumProtocolVersion": "TLSv1.2_2021",
        },
        "Origins": [
            {
                "Id": "function",
                "DomainName": {
                    "Select": [2, {"Split": ["/", {"GetAtt": f"{part}Url.FunctionUrl"}]}]
                },
                "CustomOriginConfig": {
                    "OriginProtocolPolicy": "https-only",
                    "OriginSSLProtocols": ["TLSv1.2"],
                    "OriginReadTimeout": 30,
                },
                "OriginCustomHeaders": [
                    {
                        "HeaderName": SECRET_HEADER,
                        "HeaderValue": {"Sub": "{{resolve:secretsmanager:${OriginSecret}}}"},
                    }
                ],
            }
        ],
        "DefaultCacheBehavior": behavior(
            EVERY_METHOD,
            NOTHING_KEPT,
            OriginRequestPolicyId=ALL_HEADERS_BUT_HOST,
            FunctionAssociations=[
                {
                    "EventType": "viewer-request",
                    "FunctionARN": {"GetAtt": "ViewerAddress.FunctionARN"},
                }
            ],
        ),
    }


def behavior(methods: list[str], cached: str, **more: object) -> dict[str, object]:
    return {
        "TargetOriginId": "function",
        "ViewerProtocolPolicy": "redirect-to-https",
        "AllowedMethods": methods,
        "Compress": True,
        "CachePolicyId": cached,
        **more,
    }


def record(part: str, kind: str) -> dict[str, object]:
    target = {"GetAtt": f"{part}Distribution.DomainName"}
    return {
        "HostedZoneId": {"Ref": "HostedZoneId"},
        "Name": {"Ref": HOSTS[part]},
        "Type": kind,
        "AliasTarget": {"DNSName": target, "HostedZoneId": OF_CLOUDFRONT},
    }


RECORDS = {"Record": "A", "RecordOfVersion6": "AAAA"}
NAMES = {
    "Certificate.Condition": "HasZone",
    "Certificate.Properties": {
        "DomainName": {"Ref": "DomainName"},
        "SubjectAlternativeNames": refs("AdminDomainName"),
        "ValidationMethod": "DNS",
        "DomainValidationOptions": [
            {"DomainName": {"Ref": host}, "HostedZoneId": {"Ref": "HostedZoneId"}}
            for host in HOSTS.values()
        ],
    },
    **{f"{part}{name}.Condition": "HasZone" for part in SERVICES for name in RECORDS},
    **{
        f"{part}{name}.Properties": record(part, kind)
        for part in SERVICES
        for name, kind in RECORDS.items()
    },
}

# Without the caller's address, path, query, cookies or the page before.
FIELDS = [
    *("date", "time", "x-edge-location"),
    *("cs-method", "cs(Host)", "cs-protocol", "cs-protocol-version", "ssl-protocol"),
    *("sc-status", "sc-bytes", "cs-bytes", "sc-content-type"),
    *("time-taken", "time-to-first-byte"),
    *("x-edge-result-type", "x-edge-detailed-result-type"),
]
OF_A_DISTRIBUTION = "arn:${AWS::Partition}:cloudfront::${AWS::AccountId}:distribution/${%s}"
ACCESS_LOGS = {
    "AccessLogGoal.Properties": {
        "Name": named("access"),
        "DestinationResourceArn": arn("AccessLogs"),
        "OutputFormat": "json",
    },
    **{
        f"{part}Access.Properties": {
            "Name": named(part.lower()),
            "LogType": "ACCESS_LOGS",
            "ResourceArn": {"Sub": OF_A_DISTRIBUTION % f"{part}Distribution"},
        }
        for part in SERVICES
    },
    **{
        f"{part}AccessDelivery.Properties": {
            "DeliverySourceName": named(part.lower()),
            "DeliveryDestinationArn": arn("AccessLogGoal"),
            "RecordFields": FIELDS,
        }
        for part in SERVICES
    },
    "UserAccessDelivery.DependsOn": ["UserAccess", "LogsFromTheEdge"],
    # CloudWatch refuses two that are made at once.
    "AdminAccessDelivery.DependsOn": ["AdminAccess", "LogsFromTheEdge", "UserAccessDelivery"],
}


def counted(metric: object) -> dict[str, object]:
    """Counted without samples, which would show addresses."""
    return {
        "SampledRequestsEnabled": False,
        "CloudWatchMetricsEnabled": True,
        "MetricName": metric,
    }


def rate(limit: object, **within: object) -> dict[str, object]:
    by_address = {"Limit": limit, "EvaluationWindowSec": 300, "AggregateKeyType": "IP"}
    return {"RateBasedStatement": {**by_address, **within}}


def path_begins(with_: str, transformation: str) -> dict[str, object]:
    return {
        "ByteMatchStatement": {
            "FieldToMatch": {"UriPath": {}},
            "PositionalConstraint": "STARTS_WITH",
            "SearchString": with_,
            "TextTransformations": [{"Priority": 0, "Type": transformation}],
        }
    }


def managed(name: str, **more: object) -> dict[str, object]:
    group = {"VendorName": "AWS", "Name": name, **more}
    return {
        "Name": name,
        "OverrideAction": {"None": {}},
        "Statement": {"ManagedRuleGroupStatement": group},
    }


TOO_MANY = {"Block": {"CustomResponse": {"ResponseCode": 429}}}
COUNTRIES = {
    "Name": "countries",
    "Priority": 5,
    "Action": {"Block": {}},
    "Statement": {"GeoMatchStatement": {"CountryCodes": {"Ref": "BlockedCountries"}}},
    "VisibilityConfig": counted("countries"),
}
FIREWALL_RULES = (
    {
        "Name": "requests-per-address",
        "Action": TOO_MANY,
        "Statement": rate({"Ref": "RequestsPerAddress"}),
    },
    {
        "Name": "sign-ins-per-address",
        "Action": TOO_MANY,
        "Statement": rate(100, ScopeDownStatement=path_begins("/admin/login", "LOWERCASE")),
    },
    managed("AWSManagedRulesAmazonIpReputationList"),
    managed("AWSManagedRulesKnownBadInputsRuleSet"),
    managed(
        "AWSManagedRulesCommonRuleSet",
        RuleActionOverrides=[{"Name": "SizeRestrictions_BODY", "ActionToUse": {"Count": {}}}],
        ScopeDownStatement={
            "NotStatement": {"Statement": path_begins("/transfers/upload/", "NONE")}
        },
    ),
)
KEPT_OUT_OF_LOGS = (
    "x-sgraph-access-token",
    "x-sgraph-owner-token",
    "x-sgraph-lease-token",
    "authorization",
    "cookie",
    "referer",
)
BLOCKED = {
    "Behavior": "KEEP",
    "Requirement": "MEETS_ANY",
    "Conditions": [{"ActionCondition": {"Action": "BLOCK"}}],
}
LOG_GROUP = "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:${FirewallLogs}"
FIREWALL = {
    "Firewall.Properties.Name": {"Sub": "sgraph-send-${Environment}"},
    "Firewall.Properties.Scope": "CLOUDFRONT",
    "Firewall.Properties.DefaultAction": {"Allow": {}},
    "Firewall.Properties.VisibilityConfig": counted({"Sub": "sgraph-send-${Environment}"}),
    **{
        f"Firewall.Properties.Rules.{number}": {
            **wanted,
            "Priority": number,
            "VisibilityConfig": counted(wanted["Name"]),
        }
        for number, wanted in enumerate(FIREWALL_RULES)
    },
    "Firewall.Properties.Rules.5": {"If": ["BlocksCountries", COUNTRIES, {"Ref": "AWS::NoValue"}]},
    "FirewallLogging.DependsOn": "LogsFromTheEdge",
    "FirewallLogging.Properties": {
        "ResourceArn": arn("Firewall"),
        "LogDestinationConfigs": [{"Sub": LOG_GROUP}],
        "LoggingFilter": {"DefaultBehavior": "DROP", "Filters": [BLOCKED]},
        "RedactedFields": [
            {"UriPath": {}},
            {"QueryString": {}},
            *({"SingleHeader": {"Name": name}} for name in KEPT_OUT_OF_LOGS),
        ],
    },
}
RULES = {
    **NAMES,
    **ACCESS_LOGS,
    **FIREWALL,
    **{
        f"{part}Distribution.Properties.DistributionConfig.{key}": value
        for part in SERVICES
        for key, value in distribution(part).items()
    },
    "UserDistribution.Properties.DistributionConfig.CacheBehaviors": [
        {"PathPattern": "/static/*", **behavior(["GET", "HEAD"], KEPT_AS_TOLD)}
    ],
    "ViewerAddress.Properties.Name": named("viewer-address"),
    "ViewerAddress.Properties.AutoPublish": True,
    "ViewerAddress.Properties.FunctionConfig": {"Runtime": "cloudfront-js-2.0"},
}
