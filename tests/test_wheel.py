"""The wheel carries the knowledge, compiled, and works away from the checkout."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path

TOP = Path(__file__).parent.parent


def test_a_look_up_works_from_the_wheel_alone(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=TOP,
        check=True,
        capture_output=True,
    )
    site = tmp_path / "site"
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        wheel.extractall(site)
    assert (site / "wizard" / "_compiled" / "entries.json").is_file()
    script = f"import sys; sys.path.insert(0, {str(site)!r}); from wizard.cli import main\n"
    script += "import wizard; assert wizard.__file__.startswith(sys.path[0]), wizard.__file__\n"
    script += "code = main(['lookup', '--json']); assert 'yaml' not in sys.modules; sys.exit(code)"
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        input="no basic auth credentials",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["matches"][0]["symptom"] == "ecr.no-basic-auth"
