"""The dashboards for Grafana, as code: `python -m dashboards.grafana` writes what Grafana reads into `boards/`.

Nothing here runs beside the daemon. A board is a frozen value (`board.py`) made of panels (`panel.py`, `kinds.py`,
`table.py`) that ask PromQL (`queries.py`) in few colours (`colours.py`); one file each says what a board shows.
"""

from __future__ import annotations

import json
from pathlib import Path

from dashboards.grafana import customer, fleet, itself, speed
from dashboards.grafana.board import Board
from dashboards.grafana.panel import Json

#: Where the written dashboards lie, and from where Grafana is given them.
FOLDER = Path(__file__).parent / "boards"

BOARDS: tuple[Board, ...] = (fleet.BOARD, customer.BOARD, speed.BOARD, itself.BOARD)


def written() -> dict[str, str]:
    """What each file in `FOLDER` should hold, by its name."""
    return {f"{board.name}.json": _text(board.json()) for board in BOARDS}


def _text(board: Json) -> str:
    return json.dumps(board, indent=2, ensure_ascii=False) + "\n"


__all__ = ["BOARDS", "FOLDER", "Board", "written"]
