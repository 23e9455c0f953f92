"""What crosses a process border: message and resource schemas, public refusals. No I/O.

Contracts only grow: a field is added with a default, never renamed, narrowed or removed; whoever reads
ignores fields it does not know. A change that cannot be made so is a new version beside the old one.
The golden files in `tests/contracts/golden` hold one example of each and must keep loading.
"""
