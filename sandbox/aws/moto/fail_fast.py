"""What moto lacks, or trips over, is refused at once and in words."""

import json
import sys
import traceback
from typing import Any
from xml.sax.saxutils import escape

from moto.core.responses import BaseResponse
from patching import patch
from werkzeug.exceptions import HTTPException


@patch(BaseResponse)
def call_action(former: Any, self: Any) -> Any:
    """moto answers 500 to an action that it does not have, and SDKs ask again for minutes where they get a 500."""
    try:
        return former(self)
    except HTTPException:
        raise
    except Exception as error:
        if isinstance(error, NotImplementedError):
            code, reason = "NotImplemented", str(error)
        else:
            code, reason = "InternalFailure", f"{type(error).__name__}: {error}"
            traceback.print_exc(file=sys.stderr)
        message = f"{self.service_name} {self._get_action()}: {reason}"
        if "Action" not in self.querystring:
            body = json.dumps({"__type": code, "message": message})
            return 400, {"Content-Type": "application/x-amz-json-1.1"}, body
        body = (
            f"<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code>"
            f"<Message>{escape(message)}</Message></Error></ErrorResponse>"
        )
        return 400, {"Content-Type": "text/xml"}, body
