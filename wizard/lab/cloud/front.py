"""The front: every request comes in here, and most AWS calls go on to moto."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Iterable
from email.utils import formatdate
from http import HTTPStatus
from typing import Any

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

from wizard.lab.cloud import agenda, control, faults, handlers, layers, registry, trail, wire
from wizard.lab.cloud.context import AFTER, BEFORE, HANDLERS, OWNED, Context
from wizard.lab.cloud.errors import AwsError, Unanswered
from wizard.lab.cloud.identity import credentials, guard
from wizard.lab.cloud.identity.owners import home
from wizard.lab.cloud.identity.principals import Principal
from wizard.lab.cloud.state import Cloud
from wizard.lab.cloud.wire import Answer, Call, Environ

StartResponse = Callable[..., Any]


class Reset(ConnectionError):
    """The connection is to be broken instead of answered; the server closes it without a word."""


class _Dispatcher(DomainDispatcherApplication):
    """moto's dispatcher, which looks through its whole package for each request's host."""

    def __init__(self) -> None:
        super().__init__(create_backend_app)
        self._hosts: dict[str | None, Any] = {}

    def get_backend_for_host(self, host: str | None) -> Any:
        if host not in self._hosts:
            self._hosts[host] = super().get_backend_for_host(host)
        return self._hosts[host]


class Front:
    """The WSGI application of the child process."""

    def __init__(self, cloud: Cloud) -> None:
        handlers.load()
        self.cloud = cloud
        self.moto = _Dispatcher()

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        body = _body(environ)
        path = environ.get("PATH_INFO", "")
        if path.startswith("/_lab/"):
            answer = control.answer(self.cloud, self, path[6:], body)
        elif path == "/v2" or path.startswith("/v2/"):
            answer = registry.answer(self, environ, body)
        elif layers.is_link(path):
            with self.cloud.lock:
                answer = layers.answer(self.cloud, environ)
        else:
            answer = self.aws(environ, body)
        headers = [(k, v) for k, v in answer.headers.items() if k.lower() != "content-length"]
        headers.append(("Content-Length", _length(environ, answer)))
        if not any(name.lower() == "date" for name, _ in headers):
            headers.append(("Date", formatdate(usegmt=True)))
        start_response(f"{answer.status} {_phrase(answer.status)}", headers)
        return [answer.body]

    def aws(self, environ: Environ, body: bytes) -> Answer:
        """Answers a signed AWS request."""
        call = wire.read(environ, body)
        if call is None:
            text = b'{"message":"Missing Authentication Token"}'
            return Answer(403, {"Content-Type": "application/json"}, text)
        started = time.monotonic()
        fault = faults.take(self.cloud, call)
        behind = faults.clock(fault)
        answer = self._faulty(call, fault) or self._guarded(call, behind)
        if behind:
            answer.headers["Date"] = formatdate(time.time() + behind, usegmt=True)
        self._log(call, answer, time.monotonic() - started)
        return answer

    def _faulty(self, call: Call, fault: dict[str, Any] | None) -> Answer | None:
        if fault is None:
            return None
        if fault["kind"] != "clock":
            time.sleep(float(fault.get("seconds", 0)))
        if fault["kind"] == "reset":
            raise Reset
        error = faults.error_of(fault, call)
        return None if error is None else wire.refusal(call, error)

    def _guarded(self, call: Call, behind: float = 0.0) -> Answer:
        caller: Principal | None = None
        error: AwsError | None = None
        with self.cloud.lock:
            agenda.work_off(self.cloud)
            try:
                caller = credentials.authenticate(self.cloud, call, behind)
                answer = self.dispatch(Context(self.cloud, call, caller))
            except AwsError as refused:
                error = refused
                answer = wire.refusal(call, refused)
            except Unanswered:
                error = AwsError(
                    "UnknownOperationException", f"The lab does not answer {call.action}.", 400
                )
                answer = wire.refusal(call, error)
            except Exception as defect:  # of the lab: its caller shall read which
                traceback.print_exc()
                error = AwsError("InternalFailure", f"The lab failed: {defect!r}", 500)
                answer = wire.refusal(call, error)
            trail.record(self.cloud, call, caller, error or trail.error_in(answer))
        return answer

    def dispatch(self, context: Context) -> Answer:
        """Authorizes a call and has it answered, by the front or by moto."""
        call = context.call
        guard.authorize(self.cloud, call, context.caller)
        if call.params.get("DryRun") and call.service == "ec2":
            # https://docs.aws.amazon.com/AWSEC2/latest/APIReference/CommonParameters.html
            raise AwsError(
                "DryRunOperation", "Request would have succeeded, but DryRun flag is set.", 412
            )
        key = (call.service, call.operation)
        handler = HANDLERS.get(key)
        if handler is not None:
            result = handler(context)
            return result if isinstance(result, Answer) else wire.success(call, result)
        if call.service in OWNED:
            raise Unanswered
        for check in BEFORE.get(key, []):
            check(context)
        answer = self.ask_moto(call, home(call, context.account))
        if answer.status < 300:
            for correct in AFTER.get(key, []):
                correct(context, answer)
        return answer

    def ask_moto(self, call: Call, account: str) -> Answer:
        """moto's own answer to a call."""
        environ = wire.fresh(call.environ, call.body)
        environ["HTTP_X_MOTO_ACCOUNT_ID"] = account
        got: dict[str, Any] = {}

        def start(status: str, headers: list[tuple[str, str]], exc: object = None) -> None:
            got["status"], got["headers"] = int(status.split(" ", 1)[0]), dict(headers)

        try:
            body = b"".join(self.moto(environ, start))
        except NotImplementedError:
            raise Unanswered from None
        except Exception as error:
            traceback.print_exc()
            raise AwsError("InternalFailure", f"moto failed: {error!r}", 500) from error
        if got["status"] >= 500 and b"<!doctype html" in body[:200].lower():
            raise Unanswered
        return Answer(got["status"], got["headers"], body)

    def _log(self, call: Call, answer: Answer, seconds: float) -> None:
        error = trail.error_in(answer)
        self.cloud.calls.append(
            {
                "time": self.cloud.clock.now(),
                "call": call.action,
                "region": call.region,
                "access_key": call.access_key,
                "status": answer.status,
                "error": error.code if error else None,
                "seconds": round(seconds, 6),
                "params": trail.plain(call.params),
            }
        )


def _body(environ: Environ) -> bytes:
    stream = environ["wsgi.input"]
    length = environ.get("CONTENT_LENGTH")
    if length:
        data: bytes = stream.read(int(length))
        return data
    if environ.get("wsgi.input_terminated"):
        whole: bytes = stream.read()
        return whole
    return b""


def _length(environ: Environ, answer: Answer) -> str:
    """The answer's own length; to HEAD, that of what GET would have given."""
    told = {k.lower(): v for k, v in answer.headers.items()}.get("content-length")
    head = environ.get("REQUEST_METHOD") == "HEAD"
    return str(told) if head and told else str(len(answer.body))


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"
