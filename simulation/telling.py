"""What people read of the lives: how to repeat one that went wrong, what happened last, and the figures."""

from simulation.play import Failure, Figures

LAST_EVENTS = 40


def tell_failure(failure: Failure, events: int = LAST_EVENTS) -> None:
    """The rule, what is wrong, the last events, and the command that plays it again."""
    print(f"\nSeed {failure.seed} breaks the rule `{failure.rule}` after step {failure.step}:")
    print(f"    {failure.sentence}")
    print(f"\nThe last events (seconds of virtual time; !! is a fault), of {len(failure.events)}:")
    for event in failure.events[-events:]:
        print(f"    {event}")
    print(f"\nRepeat it with    make simulate SEEDS=1 FROM={failure.seed}\n", flush=True)


def tell_figures(figures: Figures, failed: int, seconds: float) -> None:
    """The figures of all lives that ended well, and how many did not."""
    rows: list[tuple[str, str]] = [
        ("lives", f"{figures.lives:,}"),
        ("failed", f"{failed:,}"),
        ("steps", f"{figures.steps:,}"),
        ("transfers posted between counties", f"{figures.transfers['between']:,}"),
        ("transfers posted within a county", f"{figures.transfers['within']:,}"),
        ("legs struck out by clearing", f"{figures.transfers['cleared']:,}"),
        ("transfers turned down", f"{figures.transfers['turned down']:,}"),
        ("lost", f"{figures.lost:,}"),
        ("doubled", f"{figures.doubled:,}"),
        ("longest recovery, virtual seconds", f"{figures.longest_recovery_seconds:,.0f}"),
        ("    in seed", str(figures.longest_recovery_seed)),
        ("faults", f"{sum(figures.faults.values()):,}"),
        *((f"    {kind}", f"{count:,}") for kind, count in sorted(figures.faults.items())),
        ("seconds", f"{seconds:,.0f}"),
    ]
    for name, value in rows:
        print(f"{name:<40}{value:>12}")
