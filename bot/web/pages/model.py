"""`/model`: what scores, where it comes from, and what is known of it."""

from collections.abc import Iterator
from pathlib import Path

import structlog
from fastapi import Request
from fastapi.responses import HTMLResponse

from bot.home import models_folder
from bot.web.access import Shared
from bot.web.looks import model_info
from bot.web.pages.frame import page
from bot.web.pages.route import pages
from model.bundle import TORCHSCRIPT, installed_bundles, read_card
from model.card import Card
from model.errors import BundleError

log = structlog.get_logger(__name__)
router = pages()


@router.get("/model")
def model(request: Request, parts: Shared) -> HTMLResponse:
    """Show the card of the model in use, beside those of the others that are installed."""
    info = model_info(parts.scorer)
    return page(
        request,
        "model.html",
        info=info,
        card=read_card(models_folder(), info.name),
        cards=list(_installed(models_folder())),
        graph=TORCHSCRIPT,
        second=parts.settings.model.second_opinion,
    )


def _installed(models: Path) -> Iterator[Card]:
    """Yield the cards of all models that are installed; one that is damaged is left out."""
    for name in installed_bundles(models):
        try:
            yield read_card(models, name)
        except BundleError as error:
            log.warning("model.card-unreadable", model=name, error=str(error))
