"""The limits of a server process, put together as the settings say."""

import os
from collections.abc import Callable

from service.call_limits import CallLimits
from service.load.admission import Admission
from service.load.caller_limits import CallerAllowance, CallerLimits
from service.load.load import Load
from service.settings import Settings


def load_of(settings: Settings, counters: Callable[[], CallLimits]) -> Load:
    """The processor's cores are shared out among the worker processes."""
    own = settings.limits
    allowance = CallerAllowance(
        own.questions_per_minute_per_key,
        own.questions_per_minute_per_address,
        own.questions_per_minute_per_session,
        own.requests_per_minute_per_key,
        own.requests_per_minute_per_address,
    )
    at_once = own.at_once or max(1, (os.cpu_count() or 1) // settings.server.workers)
    admission = Admission(at_once, own.queue_s)
    return Load(admission, CallerLimits(allowance, counters()), own.body_s, own.request_s)
