"""Evaluates expressions and templates with ansible-core's own Templar: JSON in, JSON out. Each answer is {"value": ...} or {"error": ...}."""
import json
import os
import sys

os.environ["ANSIBLE_JINJA2_NATIVE"] = "true"

from ansible.parsing.dataloader import DataLoader  # noqa: E402
from ansible.template import Templar  # noqa: E402


def plain(value):
    if isinstance(value, (str, bool, int, float)) or value is None:
        return value
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    return [plain(item) for item in value]


def answer(templar, text):
    try:
        return {"value": plain(templar.template(text, fail_on_undefined=True))}
    except Exception as error:  # every failure of the other side is an answer
        return {"error": f"{type(error).__name__}: {error}"}


question = json.load(sys.stdin)
templar = Templar(loader=DataLoader(), variables=question["variables"])
json.dump([answer(templar, text) for text in question["texts"]], sys.stdout)
