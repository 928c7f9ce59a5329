"""How far a run is, and the rate that belongs there: warm-up, constant, then down to nothing.

By views a run can be repeated bit for bit; by the clock a background run ends annealed at the time that it must end.
"""
import time

WARM_UP = 0.01


class Schedule:
    """`progress(seen)` in 0..1; by `views` or, if `until` is given (seconds since 1970), by the clock from `started` on."""

    def __init__(self, views=None, until=None, started=None, decay=0.5):
        if (views is None) == (until is None):
            raise ValueError("a run ends either after a number of views or at a time")
        self.views, self.until, self.decay = views, until, decay
        self.started = time.time() if started is None else started

    def progress(self, seen):
        if self.until is None:
            return seen / self.views
        return (time.time() - self.started) / (self.until - self.started)

    def scale(self, progress):
        return min(1.0, progress / WARM_UP + 0.05, max(0.0, (1 - progress) / self.decay))
