"""How a stage ends: exit codes, and one line that says why."""
import sys
import traceback

import dnf.exceptions
import hawkey
import libdnf

from . import progress

REFUSED = 20
FAILED = 21
DIFFERS = 22

# From here on a failure leaves a system that is neither the old nor the new one.
changed = False


class Stop(Exception):
    """Ends the stage with an exit code and words for the operator."""

    def __init__(self, code, text):
        super().__init__(text)
        self.code = code
        self.text = text


def refuse(text):
    """Ends the stage: nothing was touched, unless the first change was made before."""
    return Stop(FAILED if changed else REFUSED, text)


def guard(work):
    """Runs `work`; whatever goes wrong ends the process with the exit code that tells whether the host was changed."""
    try:
        work()
    except Stop as stop:
        end(stop.code, stop.text)
    except (dnf.exceptions.Error, hawkey.Exception, libdnf.error.Error) as error:
        end(FAILED if changed else REFUSED, str(error))
    except OSError as error:
        end(FAILED if changed else REFUSED, "{}: {}".format(error.filename or "", error.strerror or error))
    except Exception:  # what nobody thought of must still be told as before or after the first change
        end(FAILED if changed else REFUSED, traceback.format_exc())


def end(code, text):
    """Says why and leaves. The text may have several lines: dnf's own words do."""
    sys.stdout.flush()
    print("FAILED: " + text.strip(), file=sys.stderr, flush=True)
    progress.emit("failed", step="transaction", text=text.strip(), changed=code == FAILED)
    raise SystemExit(code)
