import signal

import pith
import pytest
from support import MODEL, byte_vocabulary

# Where the tests were started with Ctrl-C ignored, as shells start what runs in the background, their children would be
# too.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def model():
    with pith.Model.open(MODEL) as opened:
        yield opened


@pytest.fixture(scope="session")
def engine():
    with pith.Engine(threads=2) as made:
        yield made


@pytest.fixture(scope="session")
def vocabulary(tmp_path_factory):
    """A model that is a vocabulary alone: a token a byte."""
    with pith.Model.open(byte_vocabulary(tmp_path_factory.mktemp("vocabulary"))) as opened:
        yield opened
