"""Visits, hospitering and vandring, as each party reads them: nobody helps, somebody comes to see."""

from gateway.speech import N_, say

VISIT_SENTENCES: dict[str, str] = {
    "proposed.lender.act.visit": N_("Forslag: {name} besøker {host} {date}. Svar innen {reply_by}."),
    "proposed.lender.own.visit": N_("{name} kan besøke {host} {date}. Si ja eller nei innen {reply_by}."),
    "proposed.host.act.visit": N_(
        "Forslag: {lender} besøker dere {date}. Svar innen {reply_by}, og velg hvem som tar imot."
    ),
    "proposed.host.own.visit": N_("Vi har bedt {lender} på besøk {date}. Si ja eller nei innen {reply_by}."),
    "proposed.colleague.act.visit": N_(
        "Forslag: du besøker {host} {date}. Svar innen {reply_by}. Passer det ikke, trenger du ikke si "
        "hvorfor."
    ),
    "proposed.colleague.own.visit": N_(
        "Biblioteket ditt foreslår at du besøker {host} {date}. Svar innen {reply_by}. Passer det ikke, "
        "trenger du ikke si hvorfor."
    ),
    "proposed.lender.look.visit": N_("Et besøk hos {host} {date} avtales. Nå mangler svar fra {others}."),
    "agreed.lender.past.visit": N_("Besøkte {name} {host} {date}? Svar ja, eller si at det ikke ble noe av."),
    "agreed.host.past.visit": N_(
        "Fikk dere besøk av {lender} {date}? Svar ja, eller si at det ikke ble noe av."
    ),
    "agreed.colleague.past.visit": N_("Besøkte du {host} {date}? Svar ja, eller si at det ikke ble noe av."),
    "agreed.county.visit": N_("Avtalt: {lender} besøker {host} {date}."),
    "carried_out.lender.act.visit": N_("Besøkte {name} {host} {date}? {host} sier ja."),
    "carried_out.host.act.visit": N_("Fikk dere besøk av {lender} {date}? {lender} sier ja."),
    "carried_out.colleague.act.visit": N_(
        "Besøkte du {host} {date}? Svar ja, eller si at det ikke ble noe av."
    ),
    "carried_out.lender.wait.visit": N_("Dere har svart at det ble gjort. Nå mangler svar fra {others}."),
    "carried_out.host.wait.visit": N_("Dere har svart at det ble gjort. Nå mangler svar fra {others}."),
    "carried_out.colleague.wait.visit": N_("Det er svart at det ble gjort. Nå mangler svar fra {others}."),
    "declined.visit_changed": N_(
        "Oppsettet for vandringen er endret, så {date} gjelder ikke lenger. Se det nye besøket."
    ),
    "cancelled.lender.visit": N_("Besøket hos {host} {date} er avlyst. {name} er ledig igjen."),
    "cancelled.host.visit": N_("Besøket fra {lender} {date} er avlyst."),
    "cancelled.colleague.visit": N_("Besøket hos {host} {date} er avlyst."),
    "unanswered.colleague.visit": N_("Besøkte du {host} {date}? Ingen har svart ennå."),
}
"""As `engagement_table.SENTENCES`, with `visit` at the end."""


def visit_title(side: str, is_past: bool, values: dict[str, str]) -> str:
    """The visit by act, from the reader's side, and by time: Vi besøker Grue, Grue besøkte oss."""
    if side == "host":
        return say("{lender} besøkte oss", **values) if is_past else say("{lender} besøker oss", **values)
    if side == "county":
        if is_past:
            return say("{lender} besøkte {host}", **values)
        return say("{lender} besøker {host}", **values)
    return say("Vi besøkte {host}", **values) if is_past else say("Vi besøker {host}", **values)


VISIT_NOTICES: dict[str, tuple[str, str]] = {
    "proposal.visit": (
        N_("Forslag: {host} {date}"),
        N_("Forslag om besøk hos {host} {date}. Svar innen {reply_by}."),
    ),
    "reminder_7.visit": (N_("Om en uke: {host} {date}"), N_("Om en uke besøker {lender} {host}.")),
    "reminder_1.visit": (N_("I morgen: {host}"), N_("{lender} besøker {host} {date}. {contact} tar imot.")),
    "confirmed.visit": (
        N_("Bekreftet: {host} {date}"),
        N_("{lender} besøkte {host} {date}, og begge har bekreftet."),
    ),
    "confirmed_by_silence.visit": (
        N_("Bekreftet: {host} {date}"),
        N_("Ingen sa imot, så {date} regnes som gjennomført."),
    ),
}
"""As `notices.WORDS`, with `visit` at the end."""


def visit_task(side: str, has_been: bool, values: dict[str, str]) -> str:
    """What somebody is asked about a visit on the first page: whether it suits, or whether it happened."""
    if has_been:
        if side == "host":
            return say("Fikk dere besøk av {lender}?", **values)
        return say("Ble besøket hos {host} gjennomført?", **values)
    if side == "host":
        return say("{lender} vil besøke dere", **values)
    if side == "colleague":
        return say("Kan du besøke {host}?", **values)
    return say("Kan {name} besøke {host}?", **values)


def visit_day(side: str, is_done: bool, values: dict[str, str]) -> str:
    """The day of a visit as a step: Jonas besøker Grue."""
    if side == "host":
        return say("{name} besøkte oss", **values) if is_done else say("{name} besøker oss", **values)
    return say("{name} besøkte {host}", **values) if is_done else say("{name} besøker {host}", **values)


def visit_asked(by_lender: bool, is_own: bool, values: dict[str, str]) -> str:
    """Who suggested a visit, as a step."""
    if is_own:
        return say("Vi foreslo et besøk")
    who = values["lender"] if by_lender else values["host"]
    return say("{who} foreslo et besøk", who=who)
