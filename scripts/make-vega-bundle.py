#!/usr/bin/env python3
"""Usage: make-vega-bundle.py FILE

Writes the JavaScript that shows a report's charts (Vega, Vega-Lite and Vega-Embed as one classic
script without imports) to FILE, by default .venv/share/framelab/vega-bundle.js. Needs the
vl-convert-python of scripts/requirements.txt; no network. framelab puts the file into every
report.html as it is, so the licence notice at its head goes along.
"""

import os
import pathlib
import sys

import vl_convert

NOTICE = """/*!
Vega {vega}, Vega-Lite {lite} and Vega-Embed {embed}, bundled by vl-convert-python {convert}.

Copyright (c) 2015-2025, University of Washington Interactive Data Lab and Vega-Lite contributors.
All rights reserved.

Redistribution and use in source and binary forms, with or without modification, are permitted
provided that the following conditions are met:

1. Redistributions of source code must retain the above copyright notice, this list of conditions
   and the following disclaimer.
2. Redistributions in binary form must reproduce the above copyright notice, this list of
   conditions and the following disclaimer in the documentation and/or other materials provided
   with the distribution.
3. Neither the name of the copyright holder nor the names of its contributors may be used to
   endorse or promote products derived from this software without specific prior written
   permission.

THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS AND CONTRIBUTORS "AS IS" AND ANY EXPRESS OR
IMPLIED WARRANTIES, INCLUDING, BUT NOT LIMITED TO, THE IMPLIED WARRANTIES OF MERCHANTABILITY AND
FITNESS FOR A PARTICULAR PURPOSE ARE DISCLAIMED. IN NO EVENT SHALL THE COPYRIGHT HOLDER OR
CONTRIBUTORS BE LIABLE FOR ANY DIRECT, INDIRECT, INCIDENTAL, SPECIAL, EXEMPLARY, OR CONSEQUENTIAL
DAMAGES (INCLUDING, BUT NOT LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR SERVICES; LOSS OF USE,
DATA, OR PROFITS; OR BUSINESS INTERRUPTION) HOWEVER CAUSED AND ON ANY THEORY OF LIABILITY, WHETHER
IN CONTRACT, STRICT LIABILITY, OR TORT (INCLUDING NEGLIGENCE OR OTHERWISE) ARISING IN ANY WAY OUT
OF THE USE OF THIS SOFTWARE, EVEN IF ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.
*/
"""

root = pathlib.Path(__file__).resolve().parent.parent
default = root / ".venv/share/framelab/vega-bundle.js"
target = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else default

notice = NOTICE.format(
    vega=vl_convert.get_vega_version(),
    lite=vl_convert.get_vegalite_versions()[-1],
    embed=vl_convert.get_vega_embed_version(),
    convert=vl_convert.__version__,
)
bundle = vl_convert.javascript_bundle()
# A module's own scope, so that nothing but window.vega, vegaLite and vegaEmbed is left behind.
text = notice + '(function () {\n"use strict";\n' + bundle + "\n})();\n"

target.parent.mkdir(parents=True, exist_ok=True)
partial = target.with_name(target.name + f".{os.getpid()}.partial")
partial.write_text(text, encoding="utf-8")
partial.replace(target)
