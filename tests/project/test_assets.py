"""Browser libraries are copied whole, without references to maps that are not there."""

from __future__ import annotations

from pathlib import Path

import pytest

from project.assets import ASSETS, install


def fill(node_modules: Path, *assets: str) -> None:
    for asset in assets:
        (node_modules / asset).parent.mkdir(parents=True, exist_ok=True)
        (node_modules / asset).write_text(f"/* {asset} */ body")


def test_install_copies_every_asset_and_removes_older_ones(tmp_path: Path) -> None:
    fill(tmp_path / "node_modules", *ASSETS)
    vendor = tmp_path / "static" / "vendor"
    vendor.mkdir(parents=True)
    (vendor / "of-last-year.js").touch()
    install(tmp_path / "node_modules", vendor)
    assert {path.name: path.read_text() for path in vendor.iterdir()} == {
        Path(asset).name: f"/* {asset} */ body" for asset in ASSETS
    }


@pytest.mark.parametrize(
    ("name", "reference"),
    [
        ("tabler.min.css", "\n/*# sourceMappingURL=tabler.min.css.map */\n"),
        ("tabler.min.js", "\n//# sourceMappingURL=tabler.min.js.map"),
    ],
)
def test_install_drops_the_reference_to_a_map(tmp_path: Path, name: str, reference: str) -> None:
    fill(tmp_path, *ASSETS)
    [asset] = [asset for asset in ASSETS if asset.endswith(name)]
    (tmp_path / asset).write_text(f"body{reference}")
    install(tmp_path, tmp_path / "vendor")
    assert (tmp_path / "vendor" / name).read_text().strip() == "body"


def test_install_leaves_the_old_copies_when_a_library_is_missing(tmp_path: Path) -> None:
    fill(tmp_path / "node_modules", ASSETS[0])
    vendor = tmp_path / "vendor"
    vendor.mkdir()
    (vendor / "kept.js").touch()
    with pytest.raises(FileNotFoundError):
        install(tmp_path / "node_modules", vendor)
    assert [path.name for path in vendor.iterdir()] == ["kept.js"]
