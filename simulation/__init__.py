"""Whole lives of several counties in one process and virtual time, every fault drawn from one seed.

What runs is the real thing: the ledger's service, operations, rules and SQL, the channels with their
signatures and recovery, relay, inbox and acknowledgement. What is simulated: time, brokers, the links between
them, people, and a liar.

    world.py      time, and what happens next
    county.py     one county's ledger: its process, which may crash, and its database, which may be restored
    broker.py     one county's broker, which keeps what it confirmed
    links.py      the links between brokers, which lose, repeat, delay, misdirect and break
    people.py     who agrees, confirms, calls off, takes back; operators and directory
    liar.py       a county that signs two things under one number, lies, forges, replays and denies
    rules.py      what must hold after every step; books.py reads only what is new
    end.py        what must hold when the faults are over and everything has arrived
    faults.py     how often what goes wrong in one life
    play.py       one life from a seed; command.py many, on all cores, with figures
"""
