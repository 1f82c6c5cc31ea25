# SPDX-License-Identifier: MIT
"""SizeDisplay: what takes the flash or the RAM of boards."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from emlrt.plotting import axes, pyplot
from emlrt.verdict.numbers import whole
from emlrt.verdict.reporting import boards_of, verdicts_of
from emlrt.verdict.sizes import blob_parts

if TYPE_CHECKING:
    from emlrt.model import Model

_MEMORIES = ("flash", "ram")


class SizeDisplay:
    """Bars of bytes: the blob by stage and the code by op, or the RAM by what it is
    for, with a line where a board's memory ends.

    Make one with `from_estimator`.

    Parameters
    ----------
    parts : sequence of dict of str to int
        Bytes of each bar, by what they are for.
    names : sequence of str
        Of the bars: boards or cores.
    limits : sequence of int or None
        Bytes of each board's memory.
    memory : str
        "flash" or "ram".

    Attributes
    ----------
    ax_, figure_ : matplotlib's Axes and Figure
    bars_ : dict of str to BarContainer, by what the bytes are for
    limits_ : list of Line2D, of boards whose line is in the picture
    """

    def __init__(
        self,
        *,
        parts: Sequence[dict[str, int]],
        names: Sequence[str],
        limits: Sequence[int | None],
        memory: str = "flash",
    ) -> None:
        self.parts = list(parts)
        self.names = list(names)
        self.limits = list(limits)
        self.memory = memory

    @classmethod
    def from_estimator(
        cls, model: Model, *, boards: Any = (), memory: str = "flash", ax: Any = None
    ) -> SizeDisplay:
        """Draws what a model takes of boards, or on a few cores without any.

        Parameters
        ----------
        model : emlrt.Model
        boards : as of `emlrt.Model.report`
        memory : {"flash", "ram"}
        ax : matplotlib's Axes, optional

        Raises
        ------
        ValueError
            If a board is unknown, or it is another memory.
        """
        if memory not in _MEMORIES:
            raise ValueError(f'memory is "flash" or "ram", not {memory!r}')
        blob = blob_parts(model)
        found, _ = verdicts_of(model, None, boards_of(boards))
        parts: list[dict[str, int]] = []
        limits: list[int | None] = []
        for verdict in found:
            code = {f"code {name}": n for name, n in verdict.cost.code_parts.items()}
            flash = memory == "flash"
            parts.append({**blob, **code} if flash else dict(verdict.cost.ram_parts))
            board = verdict.board
            limits.append(None if board is None else int(getattr(board, memory)))
        names = [verdict.name for verdict in found]
        return cls(parts=parts, names=names, limits=limits, memory=memory).plot(ax=ax)

    def plot(self, ax: Any = None, **more: Any) -> SizeDisplay:
        """Draws.

        Parameters
        ----------
        ax : matplotlib's Axes, optional
            A new figure's by default.
        **more
            For matplotlib's `barh`.
        """
        plt = pyplot(type(self).__name__)
        self.ax_ = axes(type(self).__name__, ax)
        self.figure_ = self.ax_.figure
        places = list(range(len(self.names)))
        ends = [0] * len(self.names)
        self.bars_: dict[str, Any] = {}
        colours = plt.get_cmap("tab20")
        kinds = dict.fromkeys(name for parts in self.parts for name in parts)
        for k, name in enumerate(kinds):
            widths = [parts.get(name, 0) for parts in self.parts]
            if any(widths):
                style = {"color": colours(k % 20), "label": name, **more}
                self.bars_[name] = self.ax_.barh(places, widths, left=ends, **style)
            ends = [end + width for end, width in zip(ends, widths, strict=True)]
        self._plot_limits(ends)
        self.ax_.set_yticks(places, self.names)
        self.ax_.invert_yaxis()
        self.ax_.set_xlabel(f"bytes of {'flash' if self.memory == 'flash' else 'RAM'}")
        self.ax_.legend(fontsize="small", loc="upper left", bbox_to_anchor=(1, 1))
        return self

    def _plot_limits(self, ends: list[int]) -> None:
        """A line where each memory ends, if the largest bar comes near; else its bytes
        beside the bar."""
        self.limits_ = []
        right = 1.15 * max(ends, default=0)
        for place, (end, limit) in enumerate(zip(ends, self.limits, strict=True)):
            if limit is None:
                continue
            if limit <= 3 * right:
                right = max(right, 1.05 * limit)
                (line,) = self.ax_.plot([limit] * 2, [place - 0.45, place + 0.45], "k")
                self.limits_.append(line)
            else:
                style = {"va": "center", "fontsize": "small"}
                self.ax_.text(end, place, f" of {whole(limit)}", **style)
        if right:
            self.ax_.set_xlim(0, right)
