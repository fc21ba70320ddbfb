"""Rasa's own command line with wordless logs, without telemetry and TensorFlow: `python -m bot.rasa_runtime run …`."""

import os
import resource
import sys

from bot.rasa_runtime import log_filter, without_tensorflow

if __name__ == "__main__":
    # Telemetry also starts an error reporter that would send tracebacks out.
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    # uvloop reads into one buffer of 256 kB, where the end of a long message stays until a longer one comes.
    os.environ["SANIC_USE_UVLOOP"] = "false"
    # A core dump would hold what people typed.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # While a long text is read in its own thread the others get their turn ten times as often as Python's standard.
    sys.setswitchinterval(0.0005)
    log_filter.install()
    if os.environ.get("NACHTLICHT_TENSORFLOW") != "1":
        without_tensorflow.install()

    from rasa.__main__ import main

    main()
