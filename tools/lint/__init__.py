"""The house rules that no off-the-shelf linter knows. `python -m tools.lint` checks the checkout.

Each rule has a passing and a failing sample in tests/tools/samples.
"""
