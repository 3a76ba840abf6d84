"""The lines of a month's bill: which resources they are for, and how many dollars."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from deploy.aws.template_file import Stack, minutes_between
from deploy.aws.workload import GB, HOURS, SECONDS, Workload

Prices = dict[str, Any]
Dollars = Callable[[Stack, Workload, Prices], float]

# Counts that no line of the template has.
INSIGHTS_METRICS = 8  # of each function, as Lambda Insights reports them
OWN_METRICS = 4  # sgraph_send/aws_lambda/tasks.py
BUCKET_METRICS = 13  # request metrics of S3 without those of S3 Select
TRACES_A_SECOND, TRACED_BEYOND = 1, 0.05  # what Lambda samples
CHECK_MEMORY_GB = 1_000 / 1024
SECRETS_A_FUNCTION = 4
CALLS_PER_COLD_START = 100


@dataclass(frozen=True)
class Line:
    name: str
    types: tuple[str, ...]
    dollars: Dollars


def tiered(amount: float, tiers: Sequence[Sequence[float]]) -> float:
    """Dollars for an amount whose price falls in steps: [end of the step or 0, price] each."""
    dollars = begin = 0.0
    for end, price in tiers:
        step = (min(amount, end) if end else amount) - begin
        if step <= 0:
            break
        dollars, begin = dollars + step * price, begin + step
    return dollars


def cleanup_passes(stack: Stack) -> float:
    rule = stack.of_type("AWS::Events::Rule")[0]
    return HOURS * 60 / minutes_between(str(stack.value(rule["ScheduleExpression"])))


def check_runs(stack: Stack) -> float:
    canaries = stack.of_type("AWS::Synthetics::Canary")
    return sum(HOURS * 60 / minutes_between(each["Schedule"]["Expression"]) for each in canaries)


def invocations(stack: Stack, load: Workload) -> float:
    return load.calls + cleanup_passes(stack)


def lambda_requests(stack: Stack, load: Workload, prices: Prices) -> float:
    return invocations(stack, load) / 1e6 * prices["lambda"]["million_requests"]


def lambda_duration(stack: Stack, load: Workload, prices: Prices) -> float:
    memory_gb = float(stack.parameters["MemoryMegabytes"]) / 1024
    cleanup = stack.resources["CleanupFunction"]["Properties"]["MemorySize"] / 1024
    served = load.calls * load.call_milliseconds * memory_gb
    passes = cleanup_passes(stack) * load.pass_milliseconds * cleanup
    ended = load.transfers * load.ended_milliseconds * cleanup
    return (served + passes + ended) / 1000 * prices["lambda"]["gb_second_arm64"]


def cloudfront(stack: Stack, load: Workload, prices: Prices) -> float:
    requests = load.edge_requests / 1e4 * prices["cloudfront"]["ten_thousand_requests"]
    addresses = load.calls / 1e6 * prices["cloudfront"]["million_function_calls"]
    return requests + addresses + tiered(load.edge_gb, prices["cloudfront"]["gb_out"])


def firewall(stack: Stack, load: Workload, prices: Prices) -> float:
    lists = stack.of_type("AWS::WAFv2::WebACL")
    rules = sum(len(stack.value(each["Rules"])) for each in lists)
    fixed = len(lists) * prices["waf"]["web_acl"] + rules * prices["waf"]["rule"]
    return fixed + load.edge_requests / 1e6 * prices["waf"]["million_requests"]


def bucket_storage(stack: Stack, load: Workload, prices: Prices) -> float:
    return tiered(load.stored_gb, prices["s3"]["gb_month"])


def bucket_calls(stack: Stack, load: Workload, prices: Prices) -> float:
    records = check_runs(stack) * 2  # the outside check writes down what it saw
    writes = (load.writes + records) / 1000 * prices["s3"]["thousand_writes"]
    return writes + load.reads / 1000 * prices["s3"]["thousand_reads"]


def bucket_traffic(stack: Stack, load: Workload, prices: Prices) -> float:
    return tiered(load.downloaded_gb, prices["s3"]["gb_out"])


def database(stack: Stack, load: Workload, prices: Prices) -> float:
    instance = stack.of_type("AWS::RDS::DBInstance")[0]
    hour = _listed(prices["rds"]["hour"], stack.parameters["DatabaseClass"])
    needed_gb = max(float(stack.parameters["DatabaseStorageGigabytes"]), load.database_gb)
    zones = 2 if stack.value(instance["MultiAZ"]) else 1
    return zones * (HOURS * hour + needed_gb * prices["rds"]["gb_month"])


def cache(stack: Stack, load: Workload, prices: Prices) -> float:
    return sum(
        HOURS
        * stack.value(each["NumCacheClusters"])
        * _listed(prices["elasticache"]["hour"], stack.parameters["CacheNodeType"])
        for each in stack.of_type("AWS::ElastiCache::ReplicationGroup")
    )


def secrets(stack: Stack, load: Workload, prices: Prices) -> float:
    calls = invocations(stack, load) / CALLS_PER_COLD_START * SECRETS_A_FUNCTION
    kept = len(stack.of_type("AWS::SecretsManager::Secret")) * prices["secretsmanager"]["secret"]
    return kept + calls / 1e4 * prices["secretsmanager"]["ten_thousand_calls"]


def endpoints(stack: Stack, load: Workload, prices: Prices) -> float:
    found = stack.of_type("AWS::EC2::VPCEndpoint")
    interfaces = [each for each in found if each["VpcEndpointType"] == "Interface"]
    zones = sum(len(stack.value(each["SubnetIds"])) for each in interfaces)
    sent_gb = invocations(stack, load) * load.insights_bytes / GB
    return zones * HOURS * prices["endpoints"]["hour"] + sent_gb * prices["endpoints"]["gb"]


def logs(stack: Stack, load: Workload, prices: Prices) -> float:
    calls = invocations(stack, load) * (load.line_bytes + load.insights_bytes)
    refused_gb = load.edge_requests * load.refused_share * 1_500 / GB
    logged_gb = (calls + load.edge_requests * load.access_line_bytes) / GB + refused_gb
    watch = prices["cloudwatch"]
    each_gb = watch["gb_logged"] + watch["gb_month_kept"]  # kept for a month, all of it
    return logged_gb * each_gb + refused_gb * watch["gb_masked"]


def metrics(stack: Stack, load: Workload, prices: Prices) -> float:
    functions = len(stack.of_type("AWS::Lambda::Function"))
    measured = [
        each for each in stack.of_type("AWS::S3::Bucket") if "MetricsConfigurations" in each
    ]
    count = functions * INSIGHTS_METRICS + OWN_METRICS + len(measured) * BUCKET_METRICS
    return count * prices["cloudwatch"]["metric"]


def alarms(stack: Stack, load: Workload, prices: Prices) -> float:
    return len(stack.of_type("AWS::CloudWatch::Alarm")) * prices["cloudwatch"]["alarm"]


def dashboards(stack: Stack, load: Workload, prices: Prices) -> float:
    return len(stack.of_type("AWS::CloudWatch::Dashboard")) * prices["cloudwatch"]["dashboard"]


def outside_check(stack: Stack, load: Workload, prices: Prices) -> float:
    seconds = check_runs(stack) * load.check_seconds * CHECK_MEMORY_GB
    return (
        check_runs(stack) * prices["cloudwatch"]["canary_run"]
        + seconds * prices["lambda"]["gb_second_x86_64"]
    )


def traces(stack: Stack, load: Workload, prices: Prices) -> float:
    calls = invocations(stack, load)
    always = min(calls, SECONDS * TRACES_A_SECOND)
    sampled = always + (calls - always) * TRACED_BEYOND
    return sampled / 1e6 * prices["xray"]["million_traces"]


def mails(stack: Stack, load: Workload, prices: Prices) -> float:
    topics = len(stack.of_type("AWS::SNS::Topic"))
    return topics * load.mails / 1e5 * prices["sns"]["hundred_thousand_mails"]


def _listed(prices: dict[str, float], name: str) -> float:
    if name not in prices:
        raise ValueError(f"deploy/aws/prices.toml has no price of {name}; add it there.")
    return prices[name]


LINES = (
    Line("Lambda, requests", ("AWS::Lambda::Function",), lambda_requests),
    Line("Lambda, duration", ("AWS::Lambda::Function",), lambda_duration),
    Line("CloudFront", ("AWS::CloudFront::Distribution", "AWS::CloudFront::Function"), cloudfront),
    Line("Firewall", ("AWS::WAFv2::WebACL",), firewall),
    Line("S3, storage", ("AWS::S3::Bucket",), bucket_storage),
    Line("S3, requests", ("AWS::S3::Bucket",), bucket_calls),
    Line("S3, bytes to recipients", ("AWS::S3::Bucket",), bucket_traffic),
    Line("Database", ("AWS::RDS::DBInstance",), database),
    Line("Cache", ("AWS::ElastiCache::ReplicationGroup",), cache),
    Line("Secrets Manager", ("AWS::SecretsManager::Secret",), secrets),
    Line("Endpoints", ("AWS::EC2::VPCEndpoint",), endpoints),
    Line(
        "Logs",
        ("AWS::Logs::LogGroup", "AWS::Logs::Delivery", "AWS::WAFv2::LoggingConfiguration"),
        logs,
    ),
    Line("Metrics", ("AWS::Lambda::Function", "AWS::S3::Bucket"), metrics),
    Line("Alarms", ("AWS::CloudWatch::Alarm",), alarms),
    Line("Dashboard", ("AWS::CloudWatch::Dashboard",), dashboards),
    Line("Outside check", ("AWS::Synthetics::Canary",), outside_check),
    Line("X-Ray", ("AWS::Lambda::Function",), traces),
    Line("Mails of alarms", ("AWS::SNS::Topic",), mails),
)

FREE = {
    "AWS::Budgets::Budget": "only budgets that act are paid for",
    "AWS::CertificateManager::Certificate": "public certificates on CloudFront cost nothing",
    "AWS::EC2::RouteTable": "part of a network",
    "AWS::EC2::SecurityGroup": "part of a network",
    "AWS::EC2::Subnet": "part of a network",
    "AWS::EC2::SubnetRouteTableAssociation": "part of a network",
    "AWS::EC2::VPC": "without gateways and public addresses it costs nothing",
    "AWS::ElastiCache::SubnetGroup": "a name for subnets",
    "AWS::Events::Rule": "schedules cost nothing; what they call is counted with Lambda",
    "AWS::IAM::Role": "rights cost nothing",
    "AWS::Lambda::EventInvokeConfig": "part of a function",
    "AWS::Lambda::Permission": "rights cost nothing",
    "AWS::Lambda::Url": "part of a function",
    "AWS::Logs::DeliveryDestination": "a name; what is delivered is counted with the logs",
    "AWS::Logs::DeliverySource": "a name; what is delivered is counted with the logs",
    "AWS::Logs::QueryDefinition": "saved text; a query costs when somebody runs it",
    "AWS::Logs::ResourcePolicy": "rights cost nothing",
    "AWS::RDS::DBSubnetGroup": "a name for subnets",
    "AWS::Route53::RecordSet": "answers for aliases to CloudFront cost nothing; the zone is yours",
    "AWS::S3::BucketPolicy": "rights cost nothing",
    "AWS::SNS::Subscription": "its mails are counted with the topic",
    "AWS::SNS::TopicPolicy": "rights cost nothing",
    "AWS::SecretsManager::SecretTargetAttachment": "writes into a secret that is counted",
}
