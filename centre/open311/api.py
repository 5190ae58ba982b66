"""``/open311``: discovery, services, requests and tokens of GeoReport v2, each as XML and as JSON.

The form of an answer is named by the end of its address. What fails is told in that form, too; what cannot be read from
the store is an error and never a shorter list, since others take what is missing from it for deleted.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask import Blueprint, Response, request, send_file
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.datastructures import CombinedMultiDict, MultiDict

from centre.open311 import asking
from centre.open311.asking import Fault, in_language
from centre.open311.formats import MEDIA, Value, rendered
from centre.open311.services import Service, services
from centre.open311.telling import as_request, say
from centre.photos import LARGEST_FILE, NoPhoto, Photos
from channels.body_sizes import LARGEST_WITH_PHOTO, MAX_BODY
from language.languages import default_language
from runtime import logs
from tickets.reports import NewReport, Report, Reports, ReportsWanted

SPECIFICATION: Final = "http://wiki.open311.org/GeoReport_v2"
CHANGED: Final = "2026-11-29T00:00:00+07:00"
"""When what the services say of themselves changed last."""
ENDPOINTS: Final = {"production": "/open311/v2", "test": "/open311/test/v2"}
_log = logs.get(__name__)


@dataclass(frozen=True)
class Open311Parts:
    """What the addresses work with."""

    reports: Reports
    photos: Photos
    keys: tuple[str, ...]
    """What other systems show when they hand a report in; without any nobody may."""
    address_of: Callable[[], str]
    """Where the present request comes from, as limits count it."""
    may_send_photo: Callable[[str], bool]
    """Whether somebody at this network address may send one more report that is larger than words alone."""
    count_photo: Callable[[str], object]
    """Called when such a report came without a right key; those of systems that have one are not counted."""
    jurisdictions: tuple[str, ...]
    """Ids; with several, every call names one."""
    agency: str
    """Who is responsible, as others read it."""
    address: str | None
    """Of this server, where it is set; else as the caller knows it."""
    exact_xml_type: bool
    """Whether discovery.xml is ``text/xml`` to the letter, as the validator of SeeClickFix wants it."""
    contact: str
    clock: Callable[[], datetime]


def blueprint(parts: Open311Parts) -> Blueprint:
    """The addresses."""
    api = Blueprint("open311", __name__, url_prefix="/open311")

    @api.before_request
    def allow_photos() -> None:
        announced = request.content_length
        takes_photos = request.method == "POST" and bool(parts.keys) and announced is not None
        request.max_content_length = LARGEST_WITH_PHOTO if takes_photos else MAX_BODY
        # Asked before anything of it is read.
        if _is_large() and not parts.may_send_photo(parts.address_of()):
            raise Fault(429, "too_many")

    @api.errorhandler(Fault)
    def faulty(fault: Fault) -> Response:
        return _errors(fault.status, say(fault.key, **fault.values))

    @api.errorhandler(SQLAlchemyError)
    def away(error: SQLAlchemyError) -> Response:
        _log.error("reports cannot be read or kept", cause=type(error).__name__)
        return _errors(503, say("away"))

    @api.errorhandler(413)
    def too_large(_error: Exception) -> Response:
        return _errors(413, say("too_large"))

    @api.get("/discovery.<any(xml, json):form>")
    def discovery(form: str) -> Response:
        base = (parts.address or request.host_url).rstrip("/")
        answer: Value = {
            "changeset": CHANGED,
            "contact": parts.contact or say("contact"),
            "key_service": say("key_service"),
            "endpoints": [
                {
                    "specification": SPECIFICATION,
                    "url": base + path,
                    "changeset": CHANGED,
                    "type": kind,
                    "formats": ["text/xml", "application/json"],
                }
                for kind, path in ENDPOINTS.items()
            ],
        }
        response = _answer(form, "discovery", answer)
        if form == "xml" and parts.exact_xml_type:
            response.headers["Content-Type"] = "text/xml"
        return response

    @api.get("/media/<name>")
    def photo(name: str) -> Response:
        path = parts.photos.path(name)
        if path is None:
            raise Fault(404, "no_such_address")
        return send_file(path, mimetype="image/jpeg", max_age=86_400)

    for kind, path in ENDPOINTS.items():
        _add_endpoint(api, parts, path.removeprefix("/open311"), is_test=kind == "test")

    @api.route("/<path:_rest>", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
    def unknown(_rest: str) -> Response:
        raise Fault(404, "no_such_address")

    return api


def _add_endpoint(api: Blueprint, parts: Open311Parts, path: str, *, is_test: bool) -> None:
    name, form = ("test_" if is_test else ""), "<any(xml, json):form>"

    def list_services(form: str) -> Response:
        _jurisdiction(parts)
        return _answer(form, "services", [_service(one) for one in services().every.values()])

    def definition(code: str, form: str) -> Response:
        _jurisdiction(parts)
        found = _known(code)
        answer: Value = {"service_code": found.code, "attributes": _attributes(found)}
        return _answer(form, "service_definition", answer)

    def list_requests(form: str) -> Response:
        wanted = asking.wanted(request.args, parts.clock(), _jurisdiction(parts), is_test)
        most, skipped = asking.paging(request.args)
        found = parts.reports.find(wanted, limit=most, offset=skipped)
        return _answer(form, "service_requests", [_request(parts, one) for one in found])

    def one_request(id: str, form: str) -> Response:
        jurisdiction = _jurisdiction(parts)
        wanted = ReportsWanted(numbers=(id,), jurisdiction=jurisdiction, is_test=is_test)
        found = parts.reports.find(wanted, limit=1)
        if not found:
            raise Fault(404, "no_such_request")
        return _answer(form, "service_requests", [_request(parts, found[0])])

    def token(token: str, form: str) -> Response:
        _jurisdiction(parts)
        found = parts.reports.by_token(token)
        if found is None:
            raise Fault(404, "no_such_token")
        number = found.number if found.is_accepted else None
        return _answer(form, "service_requests", [{"service_request_id": number, "token": token}])

    def hand_in(form: str) -> Response:
        # A form's fields, or those of the address, as some clients send them.
        fields: MultiDict[str, str] = CombinedMultiDict([request.form, request.args])
        try:
            _check_key(parts, asking.one(fields, "api_key"))
        except Fault:
            if _is_large():
                parts.count_photo(parts.address_of())
            raise
        jurisdiction = _jurisdiction(parts, fields)
        code = asking.one(fields, "service_code")
        if not code:
            raise Fault(400, "no_service_code")
        service = _known(code)
        where = asking.position(fields, services().area)
        text = asking.description(fields)
        attributes = asking.attributes(fields, service)
        media = (*asking.media_urls(fields), *_photos(parts))
        report = parts.reports.add(
            NewReport(
                key=_key(fields, f"{jurisdiction} {is_test} {parts.clock():%Y%m%d%H}"),
                service=service.code,
                description=text,
                address=where.address,
                latitude=where.latitude,
                longitude=where.longitude,
                attributes=attributes,
                media=media,
                contact=asking.phone(fields),
                jurisdiction=jurisdiction,
                moderated=service.type == "batch" and not is_test,
                is_test=is_test,
            )
        )
        notice = say("notice_test") if is_test else None
        given: dict[str, Value]
        if report.is_accepted:
            given = {"service_request_id": report.number, "service_notice": notice, "account_id": None}
        else:
            given = {"token": report.token, "service_notice": say("notice_token"), "account_id": None}
        return _answer(form, "service_requests", [given])

    api.add_url_rule(f"{path}/services.{form}", f"{name}services", list_services)
    api.add_url_rule(f"{path}/services/<code>.{form}", f"{name}definition", definition)
    api.add_url_rule(f"{path}/requests.{form}", f"{name}requests", list_requests)
    api.add_url_rule(f"{path}/requests.{form}", f"{name}hand_in", hand_in, methods=["POST"])
    api.add_url_rule(f"{path}/requests/<id>.{form}", f"{name}request", one_request)
    api.add_url_rule(f"{path}/tokens/<token>.{form}", f"{name}token", token)


def _service(one: Service) -> Mapping[str, Value]:
    language = default_language()
    return {
        "service_code": one.code,
        "service_name": in_language(one.name, language),
        "description": in_language(one.description, language),
        "metadata": bool(one.attributes),
        "type": one.type,
        "keywords": in_language(one.keywords, language),
        "group": in_language(one.group, language),
    }


def _attributes(found: Service) -> list[Value]:
    return [
        {
            "variable": True,
            "code": attribute.code,
            "datatype": attribute.datatype,
            "required": attribute.required,
            "datatype_description": None,
            "order": number,
            "description": in_language(attribute.description, default_language()),
            "values": [{"key": key, "name": in_language(name, default_language())} for key, name in attribute.values]
            or None,
        }
        for number, attribute in enumerate(found.attributes, start=1)
    ]


def _request(parts: Open311Parts, report: Report) -> Mapping[str, Value]:
    return as_request(report, (parts.address or request.host_url).rstrip("/"), parts.agency)


def _photos(parts: Open311Parts) -> list[str]:
    files = [file for file in request.files.values() if file.filename]
    if len(files) > asking.MOST_MEDIA:
        raise Fault(400, "bad_media", most=asking.MOST_MEDIA)
    try:
        return [parts.photos.keep(file.stream.read(LARGEST_FILE + 1)) for file in files]
    except NoPhoto:
        raise Fault(400, "no_photo") from None


def _is_large() -> bool:
    """Whether the present request announces more than words."""
    return (request.content_length or 0) > MAX_BODY


def _check_key(parts: Open311Parts, given: str) -> None:
    if not given:
        raise Fault(403, "no_key")
    if not any(hmac.compare_digest(given.encode(), key.encode()) for key in parts.keys):
        raise Fault(403, "wrong_key")


def _key(fields: MultiDict[str, str], around: str) -> str:
    """The same for the same report handed in again within its hour: clients repeat what timed out."""
    said = [(name, value) for name in sorted(set(fields)) for value in fields.getlist(name) if name != "api_key"]
    files = sorted(str(file.filename) for file in request.files.values())
    return hashlib.sha256(f"{around} {said} {files}".encode()).hexdigest()


def _jurisdiction(parts: Open311Parts, fields: asking.Fields | None = None) -> str:
    given = asking.one(fields if fields is not None else request.args, "jurisdiction_id")
    if given and parts.jurisdictions and given not in parts.jurisdictions:
        raise Fault(404, "no_such_jurisdiction")
    if len(parts.jurisdictions) > 1 and not given:
        raise Fault(400, "no_jurisdiction")
    return given if len(parts.jurisdictions) > 1 else ""


def _known(code: str) -> Service:
    found = services().every.get(code)
    if found is None:
        raise Fault(404, "no_such_service", code=code[:40])
    return found


def _answer(form: str, root: str, value: Value, status: int = 200) -> Response:
    return Response(rendered(form, root, value), status=status, content_type=MEDIA[form])


def _errors(status: int, description: str) -> Response:
    form = "json" if request.path.endswith(".json") else "xml"
    return _answer(form, "errors", [{"code": status, "description": description}], status)
