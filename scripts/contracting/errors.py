"""What stops `scripts/contract`."""


class ContractError(Exception):
    """The header breaks a rule of the contract; the text says which and where."""
