"""Settings that property tests share."""

from hypothesis import HealthCheck, settings

# No test here is about speed, and a busy machine must not fail one. In a fresh checkout the first
# text drawn builds Hypothesis's table of characters, which takes a second or more by itself.
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
