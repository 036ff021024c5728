"""Asks ansible-core itself. Reads a JSON list of questions on stdin, writes the list of answers on stdout.

{"ask": "value", "text"}      how an INI inventory types a value
{"ask": "yaml", "text"}       how it types a plain scalar of YAML
{"ask": "words", "text"}      how it splits a host line
{"ask": "hosts", "text"}      which hosts and port a host pattern gives
{"ask": "inventory", "sources", "patterns"}   hosts of each pattern; groups in merge order and variables of each host
An answer is {"ok": ...} or {"error": "..."}.
"""
import json
import sys
import warnings

from ansible import constants
from ansible.inventory.helpers import sort_groups
from ansible.inventory.manager import InventoryManager
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.inventory.ini import InventoryModule
from ansible.utils.display import Display
from ansible.utils.shlex import shlex_split
from ansible.vars.manager import VariableManager

warnings.simplefilter("ignore")
Display.warning = lambda self, *args, **kwargs: None
constants.HOST_PATTERN_MISMATCH = "error"
constants.INVENTORY_ANY_UNPARSED_IS_FAILED = True

MADE = ("inventory_dir", "inventory_file", "inventory_hostname", "inventory_hostname_short", "group_names", "groups",
        "omit", "playbook_dir", "ansible_playbook_python", "ansible_config_file", "ansible_version", "ansible_facts")


def value(question):
    return InventoryModule._parse_value(question["text"])


def yaml(question):
    return DataLoader().load("x: " + question["text"])["x"]


def words(question):
    return shlex_split(question["text"], comments=True)


def hosts(question):
    names, port = InventoryModule()._expand_hostpattern(question["text"])
    return {"names": names, "port": port}


def inventory(question):
    loader = DataLoader()
    manager = InventoryManager(loader=loader, sources=question["sources"])
    variables = VariableManager(loader=loader, inventory=manager)
    return {
        "groups": {name: {"hosts": [h.name for h in g.hosts], "children": [c.name for c in g.child_groups],
                          "depth": g.depth, "priority": g.priority} for name, g in manager.groups.items()},
        "hosts": {name: {"groups": [g.name for g in sort_groups(h.get_groups())],
                         "vars": {k: v for k, v in variables.get_vars(host=h, include_hostvars=False, stage="all").items()
                                  if k not in MADE}} for name, h in manager.hosts.items()},
        "patterns": [answer(lambda q: [h.name for h in manager.get_hosts(q)], p) for p in question["patterns"]],
    }


def answer(function, question):
    try:
        result = function(question)
        json.dumps(result, allow_nan=False)
        return {"ok": result}
    except Exception as error:  # whatever ansible raises is its answer
        return {"error": "%s: %s" % (type(error).__name__, error)}


ASK = {"value": value, "yaml": yaml, "words": words, "hosts": hosts, "inventory": inventory}
print(json.dumps([answer(ASK[question["ask"]], question) for question in json.load(sys.stdin)]))
