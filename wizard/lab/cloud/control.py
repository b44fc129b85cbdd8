"""The lab's own door, ``/_lab/<verb>``: JSON in, JSON out. Only on loopback, as everything here."""

from __future__ import annotations

import dataclasses
import json
import traceback
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from moto.ec2.models import ec2_backends
from moto.sts.models import sts_backends

from wizard.lab.cloud import agenda, snapshot
from wizard.lab.cloud.ecs.store import last
from wizard.lab.cloud.identity.managed import load_common
from wizard.lab.cloud.identity.principals import ROOT_PREFIX, ROOT_SECRET, iam
from wizard.lab.cloud.launch import sessions
from wizard.lab.cloud.state import DEFAULT_ACCOUNT, Cloud
from wizard.lab.cloud.wire import Answer, partition_of

if TYPE_CHECKING:
    from wizard.lab.cloud.front import Front

Json = dict[str, Any]


class Refused(Exception):
    """The request makes no sense; the text says why."""


def answer(cloud: Cloud, front: Front, verb: str, body: bytes) -> Answer:
    """Does what *verb* says."""
    act = _VERBS.get(verb)
    status = 200
    try:
        if act is None:
            raise Refused(f"no such verb: {verb}; there are {', '.join(sorted(_VERBS))}")
        with cloud.lock:
            agenda.work_off(cloud)
            result = act(cloud, json.loads(body or b"{}"))
    except (Refused, KeyError, TypeError, ValueError) as error:
        status, result = 400, {"error": f"{type(error).__name__}: {error}"}
    except Exception as error:  # a defect of the lab: its caller shall read which
        status, result = 500, {"error": "".join(traceback.format_exception(error))}
    text = json.dumps(result, default=str).encode()
    return Answer(status, {"Content-Type": "application/json"}, text)


def _ready(cloud: Cloud, request: Json) -> Json:
    return {"ready": True, "region": cloud.region, "account": DEFAULT_ACCOUNT}


def _credentials(cloud: Cloud, request: Json) -> Json:
    """Keys for ``root[/ACCOUNT]``, ``user/NAME`` or ``role/NAME[/SESSION]`` (of an instance).

    ``ACCOUNT:`` in front of a user or role means those of another account.
    """
    partition = partition_of(request.get("region") or cloud.region)
    account = str(request.get("account") or DEFAULT_ACCOUNT)
    owner, colon, named = str(request["principal"]).partition(":")
    account, principal = (owner, named) if colon else (account, owner)
    kind, _, rest = principal.partition("/")
    if kind == "root":
        account = rest or account
        return {"access_key": ROOT_PREFIX + account, "secret": ROOT_SECRET, "token": None}
    if kind == "user":
        return _user_keys(account, partition, rest)
    if kind == "role":
        name, _, session = rest.partition("/")
        return _role_keys(cloud, account, partition, (name, session or "lab"))
    raise Refused(f"principal must be root, user/NAME or role/NAME/SESSION, not {kind!r}")


def _user_keys(account: str, partition: str, name: str) -> Json:
    user = iam(account, partition).users.get(name)
    if user is None:
        raise Refused(f"no such user: {name}")
    backend = iam(account, partition)
    key = user.access_keys[0] if user.access_keys else backend.create_access_key(name)
    return {"access_key": key.access_key_id, "secret": key.secret_access_key, "token": None}


def _role_keys(cloud: Cloud, account: str, partition: str, who: tuple[str, str]) -> Json:
    name, session = who
    role = next((r for r in iam(account, partition).roles.values() if r.name == name), None)
    if role is None:
        raise Refused(f"no such role: {name}")
    made = sts_backends[account][partition].assume_role(
        region_name=cloud.region,
        role_session_name=session,
        role_arn=role.arn,
        policy="",
        duration=6 * 3600,
        external_id="",
    )
    return {
        "access_key": made.access_key_id,
        "secret": made.secret_access_key,
        "token": made.session_token,
        "expires": made.expiration.isoformat() + "Z",
        "arn": made.arn,
    }


def _reset(cloud: Cloud, request: Json) -> Json:
    snapshot.restore(cloud, "pristine")
    cloud.calls.clear()
    cloud.faults.clear()
    cloud.clock.offset = 0.0
    return {}


def _snapshot(cloud: Cloud, request: Json) -> Json:
    return {"id": snapshot.take(cloud)}


def _restore(cloud: Cloud, request: Json) -> Json:
    if not snapshot.restore(cloud, str(request["id"])):
        raise Refused(f"no such snapshot: {request['id']}")
    return {}


def _forget(cloud: Cloud, request: Json) -> Json:
    return {"forgotten": snapshot.forget(str(request["id"]))}


def _faults(cloud: Cloud, request: Json) -> Json:
    if "set" in request:
        cloud.faults[:] = request["set"]
    cloud.faults.extend(request.get("add", []))
    return {"faults": cloud.faults}


def _calls(cloud: Cloud, request: Json) -> Json:
    found = list(cloud.calls)
    if request.get("clear"):
        cloud.calls.clear()
    return {"calls": found}


def _clock(cloud: Cloud, request: Json) -> Json:
    if "speed" in request:
        if float(request["speed"]) <= 0:
            raise Refused("speed must be above 0")
        cloud.clock.speed = float(request["speed"])
    if "advance" in request:
        cloud.clock.jump(float(request["advance"]))
        agenda.work_off(cloud)
    return {"now": cloud.clock.now(), "speed": cloud.clock.speed}


def _settle(cloud: Cloud, request: Json) -> Json:
    return {"happened": agenda.settle(cloud, float(request.get("seconds", 300)))}


def _settings(cloud: Cloud, request: Json) -> Json:
    known = {f.name for f in dataclasses.fields(cloud.settings)}
    for name, value in request.items():
        if name not in known:
            raise Refused(f"no such setting: {name}; there are {', '.join(sorted(known))}")
        setattr(cloud.settings, name, value)
    return dataclasses.asdict(cloud.settings)


def _expire(cloud: Cloud, request: Json) -> Json:
    cloud.memory.expired.keys.add(str(request["access_key"]))
    return {}


def _session(cloud: Cloud, request: Json) -> Json:
    """What the stand-in Session Manager plugin has to know of a session."""
    for store in cloud.memory.ecs.values():
        session = store.sessions.get(request["id"])
        if session is not None:
            task = store.tasks.get(last(session["task"]), {})
            image = (task.get("_images") or {}).get(session["name"])
            labels = image.labels if image else {}
            shells = labels.get("lab.shells", "/bin/sh").split(",")
            address = next((d["value"] for a in task.get("attachments", []) for d in a["details"]
                            if d["name"] == "privateDnsName"), "localhost")  # fmt: skip
            found: Json = {k: v for k, v in session.items() if not k.startswith("_")}
            found |= {"shells": shells, "hostname": address}
            found["refused"] = sessions.refusal(cloud, store, session, labels)
            return found
    return {}


def _session_end(cloud: Cloud, request: Json) -> Json:
    for store in cloud.memory.ecs.values():
        store.sessions.pop(request["id"], None)
    return {}


def _endpoint_state(cloud: Cloud, request: Json) -> Json:
    """What only AWS can do to a VPC endpoint: fail it, or leave it waiting."""
    for regions in ec2_backends.values():
        for backend in regions.values():
            endpoint = backend.vpc_end_points.get(str(request["id"]))
            if endpoint is not None:
                endpoint.state = str(request["state"])
                return {"state": endpoint.state}
    raise Refused(f"no such endpoint: {request['id']}")


def _managed_policies(cloud: Cloud, request: Json) -> Json:
    load_common(str(request["account"]), partition_of(cloud.region))
    return {}


_VERBS: dict[str, Callable[[Cloud, Json], Json]] = {
    "ready": _ready,
    "credentials": _credentials,
    "reset": _reset,
    "snapshot": _snapshot,
    "restore": _restore,
    "forget": _forget,
    "faults": _faults,
    "calls": _calls,
    "clock": _clock,
    "settle": _settle,
    "settings": _settings,
    "expire": _expire,
    "session": _session,
    "session-end": _session_end,
    "endpoint-state": _endpoint_state,
    "managed-policies": _managed_policies,
}
