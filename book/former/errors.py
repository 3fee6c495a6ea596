"""`lib.errors`, as scripts of others know it: `lib.tools.errors` since the house was built."""

from lib.tools.errors import BadInput as BadInput
