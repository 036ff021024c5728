"""Stands in for rpm's and dnf's modules, so that parts of the plugin can be tried where neither is: any constant is a number of its own, any
class an exception."""
import sys
import types

NAMES = (
    "rpm hawkey libdnf libdnf.error libdnf.transaction dnf dnf.callback dnf.crypto dnf.exceptions dnf.package dnf.yum dnf.yum.misc "
    "dnf.yum.rpmtrans"
).split()
_numbers = iter(range(1, 10000))


class Stub(types.ModuleType):
    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        is_class = name[0].isupper() and not name[:2].isupper() and "_" not in name or name == "RPMTransaction"
        setattr(self, name, type(name, (Exception,), {}) if is_class else next(_numbers))
        return getattr(self, name)


for _name in NAMES:
    sys.modules[_name] = Stub(_name)
    _parent, _, _child = _name.rpartition(".")
    if _parent:
        setattr(sys.modules[_parent], _child, sys.modules[_name])
sys.modules["rpm"].tagnames = {}
