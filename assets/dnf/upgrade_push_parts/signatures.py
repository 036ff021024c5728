"""Signatures: every package is signed with a key that the host, a repository's definition or the play names."""
import dnf.crypto
import dnf.exceptions
import dnf.yum.misc

from . import outcome, paths, progress


def check(base, packages):
    """Looks at all packages of a transaction, wherever they come from."""
    progress.phase("checking the signatures")
    for package in packages:
        if not package._from_cmdline:
            check_downloaded(base, package)
    check_local(base, packages)


def check_downloaded(base, package):
    result, why = base.package_signature_check(package)
    if result == 1:
        base.package_import_key(package, askcb=lambda *_: True)
        result, why = base.package_signature_check(package)
    if result != 0:
        raise outcome.refuse(why)


def check_local(base, packages):
    """Looks at the files of local_rpms. dnf fetches no key for them, as they have no repository: they may be signed with any of the known."""
    local = [package for package in packages if package._from_cmdline]
    if all(base.package_signature_check(package)[0] == 0 for package in local):
        return
    import_keys(base)
    for package in local:
        result, why = base.package_signature_check(package)
        if result != 0:
            raise outcome.refuse("local_rpms: {}: {}".format(package.localPkg()[len(paths.ROOT):], why))


def import_keys(base):
    """Trusts all keys of the wanted repositories. One that can't be had is told, and left out: it may not be the one that is needed."""
    for repo in base.repos.iter_enabled():
        for url in repo.gpgkey:
            try:
                keys = dnf.crypto.retrieve(url, repo)
            except (dnf.exceptions.Error, OSError, ValueError) as error:
                progress.line("the key {} can't be read: {}".format(url, error))
                continue
            for key in keys:
                if dnf.yum.misc.keyInstalled(base._ts, key.rpm_id, key.timestamp) < 0:
                    base._ts.pgpImportPubkey(dnf.yum.misc.procgpgkey(key.raw_key))
