"""The OpenAPI document against the service: whatever it allows or forbids, no server error."""

import os
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance

from support.api import ApiProcess

pytestmark = pytest.mark.model
EXAMPLES = int(os.environ.get("LOOKOUT_API_EXAMPLES", "15"))
HYPOTHESIS = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
CHECKS = [not_a_server_error, content_type_conformance, response_schema_conformance]
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@pytest.mark.filterwarnings("default")
def test_no_operation_of_the_document_ends_in_a_server_error(api: ApiProcess) -> None:
    schema = schemathesis.openapi.from_url(f"{api.base}/openapi.json")
    operations = [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]
    assert len(operations) >= 11

    for operation in operations:

        @HYPOTHESIS
        @given(case=operation.as_strategy())
        def no_server_error(case: Any) -> None:
            case.call_and_validate(base_url=api.base, checks=CHECKS, timeout=60)

        no_server_error()
    assert "level=error" not in api.log_text()


@HYPOTHESIS
@given(
    path=st.sampled_from(
        ["/v1/classify", "/v1/models/nsfwjs-mobilenet-v2-mid:predict", "/v1/score"]
    ),
    kind=st.sampled_from(
        [
            "application/json",
            "multipart/form-data; boundary=b",
            "multipart/form-data",
            "application/x-www-form-urlencoded",
            "a/b;c=d",
        ]
    ),
    body=st.binary() | st.binary().map(lambda data: b"--b\r\n" + data + b"\r\n--b--\r\n"),
)
def test_no_body_of_bytes_ends_in_a_server_error(
    api: ApiProcess, path: str, kind: str, body: bytes
) -> None:
    answer = api.post(path, data=body, headers={"Content-Type": kind})
    assert answer.status_code < 500, answer.text


@HYPOTHESIS
@given(body=JSON | st.fixed_dictionaries({}, optional={"title": JSON, "url": JSON, "files": JSON}))
def test_no_body_of_json_ends_in_a_server_error(api: ApiProcess, body: Any) -> None:
    answer = api.post("/v1/classify", json=body)
    assert 400 <= answer.status_code < 500, answer.text
