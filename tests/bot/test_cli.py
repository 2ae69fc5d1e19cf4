"""`evenkeel bot evaluate`, as the contract words it."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

from bot.cli import app

HEAD = "lang,kind,label,text\n"


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["evaluate", *arguments])
    return result.exit_code, result.output


def test_json_has_the_agreed_keys(tmp_path: Path) -> None:
    corpus = tmp_path / "c.csv"
    corpus.write_text(
        HEAD + "en,direct,crisis,I want to kill myself\nen,direct,crisis,the weather is nice\n"
        'en,quote,benign,"he said ""I want to die"" in the film"\nko,idiom,benign,배고파 죽겠다\nzh,other,benign,我想死\n',
        "utf-8",
    )
    code, output = run(str(corpus), "--json")
    report = json.loads(output)
    assert code == 0
    assert report["by_kind"]["direct"] == {"en": 0.5}
    assert report["by_kind"]["idiom"] == {"ko": 1.0}
    assert report["false_alarm_rate"] == 0.3333
    assert [m["text"] for m in report["misses"]] == ["the weather is nice"]
    assert [m["text"] for m in report["false_alarms"]] == ["我想死"]


def test_text_output_names_every_mistake(tmp_path: Path) -> None:
    corpus = tmp_path / "c.csv"
    corpus.write_text("\ufeff" + HEAD + "en,direct,crisis,the weather is nice\n", "utf-8")
    code, output = run(str(corpus))
    assert code == 0
    assert "the weather is nice" in output


def test_a_file_that_is_no_corpus_is_explained(tmp_path: Path) -> None:
    corpus = tmp_path / "c.csv"
    corpus.write_text("text\nhello\n", "utf-8")
    assert run(str(corpus))[0] == 2
    corpus.write_text(HEAD + "en,direct,maybe,hello\n", "utf-8")
    code, output = run(str(corpus))
    assert code == 2
    assert "line 2" in output
    for content, said in (
        (f"{HEAD}zh,direct,crisis,你好\n".encode("gb18030"), "UTF-8"),  # as a spreadsheet saves it
        (f"{HEAD}en,direct,crisis,{'a' * 200_000}\n".encode(), "no CSV"),
    ):
        corpus.write_bytes(content)
        code, output = run(str(corpus))
        assert (code, said in output) == (2, True)


def test_an_empty_corpus_is_no_crash(tmp_path: Path) -> None:
    corpus = tmp_path / "c.csv"
    corpus.write_text(HEAD, "utf-8")
    code, output = run(str(corpus), "--json")
    assert code == 0
    assert json.loads(output)["false_alarm_rate"] is None
