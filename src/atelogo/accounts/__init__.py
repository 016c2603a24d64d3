"""Accounts: companies (workspaces), their people, roles and limits on attempts.

Promises that who may do what is one matrix, that a company never loses its last owner, that login and
passwords work without mail, and that an address answers alike for "absent" and "not yours".
"""
