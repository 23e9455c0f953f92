"""What a county signs and how a peer checks it. Rules only: time, nonces, ids and salts are arguments.

`keys` and `keyring` say who may sign; `envelope` and `document` what is signed; `detached` how people's
names and words stay outside of it. `channel` numbers messages and judges arrivals, `control` and
`recovery` make two ends agree on what was said after a stop, a loss or a restored backup.
"""
