"""playbooks/prepare.yml for pyinfra. ROOT, PAYLOAD and BIG come from the environment."""

import os

from pyinfra import host
from pyinfra.facts.server import Command, Kernel, LinuxDistribution
from pyinfra.operations import files, server

root, payload = os.environ["ROOT"] + "/opt/upgrade", os.environ["PAYLOAD"]
host.get_fact(LinuxDistribution)
host.get_fact(Kernel)
host.get_fact(Command, command="df -P /")
for name in ("", "/modules", "/log"):
    files.directory(name=f"directory {name}", path=root + name, mode="755")
files.sync(name="tree", src=f"{payload}/modules", dest=f"{root}/modules", mode="644", dir_mode="755")
if os.environ["BIG"] == "true":
    files.put(name="image", src=f"{payload}/initramfs.img", dest=f"{root}/initramfs.img", mode="600")
files.template(
    name="configuration",
    src=f"{payload}/upgrade.conf.j2",
    dest=f"{root}/upgrade.conf",
    mode="644",
    inventory_hostname=host.name,
)
server.shell(name="kernel", commands=["uname -r"])
server.shell(name="load", commands=["cat /proc/loadavg"])
server.shell(name="entries", commands=[f"ls {root} | wc -l"])
