"""The benches run and print their table; what they find is not judged here."""

import pytest

from bench.__main__ import NAMES, main


@pytest.mark.model
@pytest.mark.usefixtures("bundle")
@pytest.mark.parametrize("name", NAMES)
def test_a_quick_bench_prints_a_table_or_says_what_it_could_not_measure(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = main([name, "--quick"])
    printed = capsys.readouterr().out
    rows = [line for line in printed.splitlines() if line.startswith("| ")][2:]
    assert missing == ("NOT MEASURED" in printed)
    assert rows or missing
    assert all(line.count("|") == 8 for line in rows)


def test_a_bench_that_does_not_exist_is_refused() -> None:
    with pytest.raises(SystemExit):
        main(["no-such-bench"])
