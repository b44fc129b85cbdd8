"""What may be loaded when, seen from a fresh interpreter."""

import subprocess
import sys

import pytest

HEAVY = {"textual", "boto3", "botocore", "pydantic", "questionary", "yaml", "jsonschema", "rich"}


def _loaded(code: str) -> set[str]:
    script = f"import sys\n{code}\nprint('\\n'.join(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    return {name.partition(".")[0] for name in done.stdout.split()}


@pytest.mark.parametrize(
    "code",
    [
        "import wizard.cli",
        "import wizard.core.session",
        "import wizard.commands.lookup, wizard.catalog.store; wizard.catalog.store.knowledge();"
        "from wizard.core.lookup import look_up;"
        "look_up(wizard.catalog.store.knowledge(), 'no basic auth credentials')",
    ],
)
def test_a_look_up_loads_nothing_heavy(code: str) -> None:
    subprocess.run([sys.executable, "-m", "wizard", "--version"], check=True, capture_output=True)
    assert not _loaded(code) & HEAVY


def test_faces_and_stage_load_no_aws_before_it_is_needed() -> None:
    loaded = _loaded("import wizard.faces.tui.app, wizard.faces.prompts.ask, wizard.stage")
    assert not loaded & {"boto3", "botocore", "moto"}
