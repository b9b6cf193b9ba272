"""Make app/openapi/examples.json again: openapi.md's requests with what they are answered now.

python -m scripts.make_examples
"""

import subprocess
import sys

TEST = "tests/test_docs.py::test_every_request_gets_the_answer_that_is_shown[openapi.md]"

if __name__ == "__main__":
    pytest = [sys.executable, "-m", "pytest", "--numprocesses=0", TEST]
    subprocess.run(["env", "JIESU_TEST_EXAMPLES=1", *pytest], check=True)
