"""A child that does not call `answer`, and says what its environment asks for."""

import os

print(os.environ["STUB_SAYS"])
