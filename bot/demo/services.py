"""Which services the demo has: the recording behind each instance, and the services file that names them.

Knows the services file's fields; not how a recording is replayed. Names are those in the recorded programs.
"""

import yaml

from bot.demo import alert

# (service, instance) -> its folder in recordings/
INSTANCES = {
    ("svc-orders", "orders-0"): "go1.27.3/growth_storm",
    ("svc-orders", "orders-1"): "go1.23.9/growth_storm",
    ("svc-pricing", "pricing-0"): "go1.27.3/rebuild_churn",
    ("svc-intake", "intake-0"): "go1.27.3/unbounded_growth",
    ("svc-render", "render-0"): "go1.27.3/no_map_problem",
}
SHOWN = "svc-orders"
ASKED_BY = "U0ANA"
# Where the page opens: whoever looks there misses nothing of what is shown.
CHANNEL = "C0ORDERS"
CHANNELS = {"svc-orders": CHANNEL, "svc-pricing": CHANNEL, "svc-intake": CHANNEL, "svc-render": "C0GENERAL"}
# Mentioned when its incident opens; a group of the stand-in's.
MENTIONED = "S0ONCALL"
# What the alert's service may use: at the rate of its first recording it lasts two minutes, at that of the second four.
MEMORY_LIMIT = "512MiB"
OWNERS = {"svc-orders": "@ana", "svc-pricing": "@bo", "svc-intake": "@ana", "svc-render": "@bo"}
# A recording answers at once, and its own clock tells the time between visits: nothing to wait for.
WINDOW_S = 1.0
# It is captured at no cost, too: whoever presses "Capture again" need not be patient.
COOLDOWN_S = 5.0


def services_file(replay: str) -> str:
    """YAML for MAPSTORM_CONFIG, all services marked as recordings, and alerts let in for one of them."""
    webhooks = {"generic": {"bearer_env": alert.TOKEN_ENV}}
    return yaml.safe_dump(
        {"webhooks": webhooks, "services": [_service(name, replay) for name in CHANNELS]}, sort_keys=False
    )


def _service(name: str, replay: str) -> dict[str, object]:
    alerted = {
        "match": [f'service="{name}"'],
        "memory_limit": MEMORY_LIMIT,
        "mention": [MENTIONED],
        "cooldown_s": COOLDOWN_S,
    }
    return {
        "name": name,
        "instances": [
            {"name": instance, "url": f"{replay}/{service}/{instance}/debug/pprof"}
            for service, instance in INSTANCES
            if service == name
        ],
        "channel": CHANNELS[name],
        "owner": OWNERS[name],
        "window_s": WINDOW_S,
        "timeout_s": 10,
        "recorded": True,
        **(alerted if name == alert.SERVICE else {}),
    }
