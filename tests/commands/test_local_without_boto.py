"""A site with a local store does without boto3, which takes 30 MiB of every process."""

import re

import pytest

from tests.commands.http_calls import call
