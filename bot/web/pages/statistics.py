"""`/statistics`: what people made of the suggestions of the last three months."""

from itertools import groupby
from typing import Annotated

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse

from bot.statistics import text
from bot.statistics.recent import DAYS
from bot.web.pages.figures import Figures, figures_of
from bot.web.pages.frame import page
from bot.web.pages.route import pages

router = pages()


@router.get("/statistics")
def statistics(request: Request, figures: Annotated[Figures, Depends(figures_of)]) -> HTMLResponse:
    """Show precision by group, latency, volumes, and what is missed, as `lookout stats` does."""
    report = figures.report()
    groups = groupby(report.precision, key=lambda line: line.dimension)
    return page(
        request,
        "statistics.html",
        report=report,
        groups=[(name, list(lines)) for name, lines in groups],
        days=DAYS,
        latency=text.latency(report.latency),
        missed=text.missed(report.missed),
    )
