"""`lookout serve`: the REST API and the dashboard."""

import argparse
from typing import TYPE_CHECKING

from bot.cli.options import add_command, add_config, host_and_port, settings_of
from bot.configfile import ConfigWatch

if TYPE_CHECKING:
    from bot.cli.options import Subparsers


def register(subparsers: "Subparsers") -> None:
    """Add `serve`."""
    parser = add_command(
        subparsers,
        "serve",
        summary="answer over HTTP: the REST API and the dashboard",
        description=(
            "Score pictures that others send, and tell what the bot knows, over HTTP. All routes\n"
            "are listed at /api; docs/api.md shows them. The same address shows a dashboard to\n"
            "browsers; see docs/dashboard.md. Pictures are neither stored nor logged. Runs beside\n"
            "`lookout run`, on the same ledger. A changed config.yaml is read again, also on\n"
            "SIGHUP. Ends cleanly on SIGTERM and Ctrl-C."
        ),
        example="lookout serve --listen 127.0.0.1:8080",
    )
    add_config(parser)
    parser.add_argument(
        "--listen",
        type=host_and_port,
        metavar="HOST:PORT",
        help="where to answer, instead of serve.host and serve.port",
    )
    parser.set_defaults(run=serve)


def serve(arguments: argparse.Namespace) -> int:
    """Answer until told to stop."""
    settings = settings_of(arguments)
    watch = ConfigWatch(arguments.config, settings)
    from bot.web.server import serve as answer  # noqa: PLC0415 - keeps `lookout --help` quick

    if arguments.listen:
        place = dict(zip(("host", "port"), arguments.listen, strict=True))
        serving = settings.serve.model_copy(update=place)
        settings = settings.model_copy(update={"serve": serving})
    answer(settings, watch)
    return 0
