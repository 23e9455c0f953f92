"""Pages for people: plain HTML, POST, redirect, GET. One module for each noun."""

from flask import Flask

from gateway.pages import (
    accounts,
    board,
    clearing,
    colleagues,
    county_book,
    engagements,
    invitations,
    joining,
    libraries,
    mailbox,
    mapping,
    matching_rounds,
    me,
    moving,
    notices,
    offers,
    operations,
    overview,
    own_vandring,
    participation,
    peers,
    promises,
    public,
    ranking,
    reflections,
    requests,
    rulings,
    sign_in,
    travel_fund,
    vandring,
    vocabulary,
)
from gateway.pages.menu import county_menu, menu

PAGES = (
    public.pages,
    sign_in.pages,
    overview.pages,
    board.pages,
    requests.pages,
    offers.pages,
    engagements.pages,
    accounts.pages,
    promises.pages,
    county_book.pages,
    travel_fund.pages,
    peers.pages,
    clearing.pages,
    ranking.pages,
    matching_rounds.pages,
    vandring.pages,
    own_vandring.pages,
    reflections.pages,
    rulings.pages,
    libraries.pages,
    participation.pages,
    invitations.pages,
    joining.pages,
    mapping.pages,
    colleagues.pages,
    vocabulary.pages,
    moving.pages,
    notices.pages,
    mailbox.pages,
    me.pages,
    operations.pages,
)


def register(app: Flask) -> None:
    """The pages answer in the application."""
    for blueprint in PAGES:
        app.register_blueprint(blueprint)
    app.jinja_env.globals.update(menu=menu, county_menu=county_menu)
