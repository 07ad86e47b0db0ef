"""Which services the demo has: the recording behind each instance, and the services file that names them.

Knows the services file's fields; not how a recording is replayed. Names are those in the recorded programs.
"""

import yaml

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
CHANNEL = "C0PAYMENTS"
CHANNELS = {"svc-orders": CHANNEL, "svc-pricing": CHANNEL, "svc-intake": "C0ORDERS", "svc-render": "C0GENERAL"}
OWNERS = {"svc-orders": "@ana", "svc-pricing": "@bo", "svc-intake": "@ana", "svc-render": "@bo"}
# A recording answers at once, and its own clock tells the time between visits: nothing to wait for.
WINDOW_S = 1.0


def services_file(replay: str) -> str:
    """YAML for MAPSTORM_CONFIG, all services marked as recordings."""
    return yaml.safe_dump({"services": [_service(name, replay) for name in CHANNELS]}, sort_keys=False)


def _service(name: str, replay: str) -> dict[str, object]:
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
    }
