"""`/openapi.json`: what the service takes and answers, for programs."""
