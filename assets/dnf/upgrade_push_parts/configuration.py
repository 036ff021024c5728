"""dnf's configuration: everything that decides the outcome is set here, whatever the host's own files say."""
import os
import re

import dnf.repo

from . import outcome, paths, spec

OFFLINE = ("dry-run", "upgrade", "resume")
# Files that a repository's definition names; on the host they lie below the installroot.
FILE_OPTIONS = ("sslcacert", "sslclientcert", "sslclientkey")
HOST_CA = "/etc/pki/tls/certs/ca-bundle.crt"


def early(base, stage):
    """Before the repositories' definitions are read: their variables."""
    if stage == "resume":
        return
    wanted = spec.load(stage)
    conf = base.conf
    conf.releasever = wanted["release"]
    conf.substitutions["releasever"] = wanted["release"]
    conf.reposdir = [paths.ROOT + path for path in ("/etc/yum.repos.d", "/etc/yum/repos.d", "/etc/distro.repos.d")]


def late(base, stage):
    """Once the repositories are known: the wanted ones and no other."""
    base.conf.cachedir = paths.CACHE
    base.conf.logdir = paths.DNF_LOG
    if stage == "resume":
        base.repos.all().disable()
        return
    wanted = spec.load(stage)
    conf = base.conf
    conf.module_platform_id = wanted["platform_id"] or ""
    conf.exclude_pkgs(wanted["exclude"])
    conf.gpgcheck = wanted["gpgcheck"]
    conf.localpkg_gpgcheck = wanted["gpgcheck"] and not wanted["local_rpms_unchecked"]
    enable_repositories(base, wanted)
    for repo in base.repos.iter_enabled():
        arrange(repo, wanted, stage)


def enable_repositories(base, wanted):
    base.repos.all().disable()
    for repository in wanted["repositories"]:
        if "baseurl" in repository:
            keys = [repository["gpgkey"]] if "gpgkey" in repository else []
            repo = base.repos.add_new_repo(repository["id"], base.conf, baseurl=[repository["baseurl"]], gpgkey=keys)
        elif repository["id"] in base.repos:
            repo = base.repos[repository["id"]]
        else:
            raise outcome.refuse("no such repository: " + repository["id"])
        repo.enable()


def arrange(repo, wanted, stage):
    """Points a repository's files at the host, and makes an unreachable one an error."""
    repo.skip_if_unavailable = False
    repo.gpgcheck = wanted["gpgcheck"]
    if not wanted["gpgcheck"]:
        repo.repo_gpgcheck = False
    repo.gpgkey = [on_host(key) for key in list(repo.gpgkey) + wanted["gpgkeys"]]
    for option in FILE_OPTIONS:
        value = getattr(repo, option)
        if value and os.path.exists(paths.ROOT + value):
            setattr(repo, option, paths.ROOT + value)
    if not repo.sslcacert and os.path.exists(paths.ROOT + HOST_CA):
        repo.sslcacert = paths.ROOT + HOST_CA
    local = [url for url in repo.baseurl if url.startswith("file:")]
    if local:
        repo.baseurl = [on_host(url) for url in repo.baseurl]
    if stage in OFFLINE:
        repo._repo.setSyncStrategy(dnf.repo.SYNC_ONLY_CACHE)
    elif local or (wanted["refresh"] and stage == "check"):
        repo._repo.expire()
    else:
        # The state from which the container was made, however old it is: an upgrade is one moment of its repositories.
        repo.metadata_expire = -1


def on_host(url):
    """A file of the host by the name that it has below the installroot. Other URLs stay."""
    match = re.match(r"^(?:file:(?://)?)?(/.*)$", url)
    if not match:
        return url
    path = match.group(1) if match.group(1).startswith(paths.ROOT + "/") else paths.ROOT + match.group(1)
    return "file://" + path
