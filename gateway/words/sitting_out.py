"""Why a library visits nobody in a vandring, as a clause that comes after a colon or a dash."""

from gateway.speech import N_

PHRASES: dict[str, str] = {
    "own_library": N_("ingen besøker seg selv"),
    "visited_before": N_("de har vært hos alle de andre før"),
    "too_far": N_("det er lenger enn runden tillater til alle de andre"),
    "wrong_size": N_("ingen av de andre har den størrelsen runden ber om"),
    "no_common_week": N_("de har ingen uke felles med noen av de andre"),
    "no_place": N_("det ble ingen igjen å besøke da de andre hadde fått sitt"),
    "several": N_("de andre er for langt unna, har feil størrelse, er besøkt før eller har ingen felles uke"),
    "always_closed": N_("alle dagene i runden er stengt"),
    "size_unknown": N_("runden ser på størrelse, og den er ikke kjent"),
    "place_unknown": N_("runden ser på avstand, og stedet er ikke kjent"),
}
