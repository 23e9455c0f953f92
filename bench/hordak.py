"""django-hordak's `transfer_to`, timed on a PostgreSQL: the ledger whose rate ours is compared with.

python -m bench.hordak PORT TIMES    prints transfers a second; needs bench/hordak.txt
"""

import sys
import time

WARM_UP = 20
APPS = ["django.contrib.contenttypes", "django.contrib.auth", "mptt", "hordak"]


def main(port: str, times: int) -> int:
    """Print the rate of one client. The tables are made in the database `postgres`."""
    import django
    from django.conf import settings
    from django.core.management import call_command

    database = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "postgres",
        "USER": "postgres",
        "HOST": "127.0.0.1",
        "PORT": port,
    }
    settings.configure(
        DATABASES={"default": database},
        INSTALLED_APPS=APPS,
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        USE_TZ=True,
    )
    django.setup()
    call_command("migrate", verbosity=0)
    from hordak.models import Account, AccountType
    from moneyed import Money

    one, other = (
        Account.objects.create(name=name, type=AccountType.asset, code=code, currencies=["NOK"])
        for name, code in (("One", "1"), ("Other", "2"))
    )
    amount = Money(1, "NOK")
    for _ in range(WARM_UP):
        one.transfer_to(other, amount)
    began = time.monotonic()
    for _ in range(times):
        one.transfer_to(other, amount)
    print(times / (time.monotonic() - began))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2])))
