"""The servers of the federated logins: what each needs, how it is started and seeded."""
