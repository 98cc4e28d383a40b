"""For duty workers: alerts, and nothing else."""

from aiohttp import web

from bot.desk.render import render


async def listed(request: web.Request) -> web.Response:
    """`GET /desk/alerts`: says honestly that no alert reaches it in this version."""
    return render(request, "alerts.html", {})
