"""The console: a screen for each desk, in plain HTML.

A face: it asks the API in process, with the token of the person's session, for all that it shows
and does. So a screen may what its key may, every refusal is the API's, and no rule stands here.
"""
